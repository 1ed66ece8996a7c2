export const SHELVES = ['pipeline', 'variable', 'token', 'setting'] as const
export type Shelf = (typeof SHELVES)[number]

/** Something that is kept under its name. `value` is opaque here: who keeps it has sealed it. */
export interface CatalogEntry {
  readonly name: string
  readonly value: Uint8Array
  /** Epoch ms. */
  readonly updatedAt: number
}

/** Everything that is kept by name: thousands at most. What is put or removed is so for good once it resolves. */
export interface Catalog {
  get(shelf: Shelf, name: string): Promise<CatalogEntry | null>
  /** By name. */
  list(shelf: Shelf): Promise<readonly CatalogEntry[]>
  /** In place of what is there under that name. */
  put(shelf: Shelf, entry: CatalogEntry): Promise<void>
  /** The same, but only where exactly `before` is there, or nothing where that is null; false where it is not so. */
  replace(shelf: Shelf, before: CatalogEntry | null, entry: CatalogEntry): Promise<boolean>
  /** False where there was none. */
  remove(shelf: Shelf, name: string): Promise<boolean>
}
