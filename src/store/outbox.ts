/** A message about a run, until it is delivered. `value` is opaque here: who keeps it has sealed it. */
export interface OutboxEntry {
  /** Of its run. */
  readonly id: string
  /** Epoch ms of the next try; `NOT_DUE` until the run has ended. */
  readonly dueAt: number
  readonly value: Uint8Array
}

export const NOT_DUE = Number.MAX_VALUE

/**
 * What waits to be delivered, across restarts. It comes with the submission of its run, and the change that ends that
 * makes it due.
 */
export interface Outbox {
  /** In the order of their due times. */
  due(query: { readonly until: number; readonly limit: number }): Promise<readonly OutboxEntry[]>
  /** In place of the entry of that id. */
  put(entry: OutboxEntry): Promise<void>
  remove(id: string): Promise<void>
}
