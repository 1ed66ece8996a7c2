/** A change of state that a caller has asked for and got. */
export interface AuditRow {
  /** Epoch ms. */
  readonly at: number
  /** The name of the caller. */
  readonly who: string
  readonly role: string
  /** What was done, as in `POST /polls/{id}/cancel`. */
  readonly what: string
  /** To which: an id or a name; null where it has none. */
  readonly which: string | null
}

export interface AuditQuery {
  /** The place of the last row of the page before; null for the first page. */
  readonly before: number | null
  readonly limit: number
}

/** Who did what. Rows are removed with the runs of their time. */
export interface Audit {
  add(row: AuditRow): Promise<void>
  /** Newest first; `place` is where a page goes on. */
  list(query: AuditQuery): Promise<readonly (AuditRow & { readonly place: number })[]>
}
