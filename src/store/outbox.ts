/** A message that is to be delivered, until it is. `value` is opaque here: who keeps it has sealed it. */
export interface OutboxEntry {
  readonly id: string
  /** Epoch ms of the next try. */
  readonly dueAt: number
  readonly value: Uint8Array
}

/** What waits to be delivered, across restarts. It is filled by the change of the run that it tells of. */
export interface Outbox {
  /** In the order of their due times. */
  due(query: { readonly until: number; readonly limit: number }): Promise<readonly OutboxEntry[]>
  /** In place of the entry of that id. */
  put(entry: OutboxEntry): Promise<void>
  remove(id: string): Promise<void>
  /** Epoch ms of the earliest; null where nothing waits. */
  nextAt(): Promise<number | null>
}
