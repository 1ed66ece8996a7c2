import { BideError } from '../core/errors.ts'
import { createSealer, type Sealer } from '../engine/embedded/sealer.ts'
import { storeMover } from '../engine/embedded/store-mover.ts'
import type { MovedRun, RunMover } from '../engine/moved-run.ts'
import type { RestateAddresses } from '../engine/restate/restate-client.ts'
import { systemClock } from '../engine/system-clock.ts'
import type { Catalog } from '../store/catalog.ts'
import { requireDatabase } from '../store/sqlite/database-file.ts'
import { type DataFolder, databaseOf } from './data-folder.ts'
import { readKey } from './key-file.ts'
import { type MovedThing, readMovingFile, writeMovingFile } from './moving-file.ts'
import { openData } from './open-data.ts'

/** Where runs are moved from, or to. */
export interface MovingPlace {
  /** A folder that no server has; of Restate its key alone. */
  readonly data: DataFolder
  readonly restate: RestateAddresses | null
  /** With which the file is sealed; null: that of the place. */
  readonly fileKey: string | null
}

export interface Exported {
  readonly polls: number
  readonly executions: number
  readonly pipelines: number
  readonly variables: number
}

export interface Imported extends Exported {
  /** Runs that were there already. */
  readonly known: number
  /** Pipelines and variables of that name that are others here, and were left alone. */
  readonly others: readonly string[]
  /** Runs that cannot be carried on here, and why. */
  readonly refused: readonly string[]
}

const SHELVES = ['pipeline', 'variable'] as const
/** So many are taken, or put, at a time. */
const AT_ONCE = 32

/** Takes all that waits out of a place, where it is held from then on, and writes it to a file. */
export function exportRuns(place: MovingPlace, path: string): Promise<Exported> {
  return withOpened({ ...place, isNew: false }, async ({ mover, catalog, sealer, fileSealer }) => {
    const counts = noneYet()
    async function* things(): AsyncGenerator<MovedThing> {
      for (const shelf of SHELVES)
        for (const { name, value, updatedAt } of await catalog.list(shelf)) {
          counts[`${shelf}s`]++
          yield { kind: shelf, id: name, value: sealer.open(value, `${shelf} ${name}`), updatedAt }
        }
      for (const ids of chunksOf(await mover.open()))
        for (const run of await Promise.all(ids.map(mover.take)))
          if (run !== null) {
            counts[`${run.kind}s`]++
            yield run
          }
    }
    await writeMovingFile(path, fileSealer, things())
    return counts
  })
}

/** Takes in what a file holds; what is there already is left alone. */
export function importRuns(place: MovingPlace, path: string): Promise<Imported> {
  return withOpened({ ...place, isNew: true }, async ({ mover, catalog, sealer, fileSealer }) => {
    const counts = { ...noneYet(), known: 0 }
    const [others, refused]: [string[], string[]] = [[], []]
    const putRun = async (run: MovedRun) => {
      try {
        if (await mover.put(run)) counts[`${run.kind}s`]++
        else counts.known++
      } catch (error) {
        if (!(error instanceof BideError) || error.code !== 'invalid-file') throw error
        refused.push(error.message)
      }
    }
    let waiting: MovedRun[] = []
    const flush = async () => {
      await Promise.all(waiting.map(putRun))
      waiting = []
    }
    for await (const thing of readMovingFile(path, fileSealer)) {
      if (thing.kind === 'poll' || thing.kind === 'execution') waiting.push(thing)
      else if (await putEntry(catalog, sealer, thing)) counts[`${thing.kind}s`]++
      else others.push(`${thing.kind} ${thing.id}`)
      if (waiting.length === AT_ONCE) await flush()
    }
    await flush()
    return { ...counts, others, refused }
  })
}

const noneYet = () => ({ polls: 0, executions: 0, pipelines: 0, variables: 0 })

/** False where another one has that name. */
async function putEntry(
  catalog: Catalog,
  sealer: Sealer,
  { kind, id: name, value, updatedAt }: Extract<MovedThing, { value: string }>,
): Promise<boolean> {
  const place = `${kind} ${name}`
  const there = await catalog.get(kind, name)
  if (there !== null) return sealer.open(there.value, place) === value
  await catalog.put(kind, { name, value: sealer.seal(value, place), updatedAt })
  return true
}

interface Opened {
  readonly mover: RunMover
  readonly catalog: Catalog
  readonly sealer: Sealer
  readonly fileSealer: Sealer
}

async function withOpened<T>(
  place: MovingPlace & { readonly isNew: boolean },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const fileSealer = place.fileKey === null ? null : createSealer(readKey(place.fileKey, { make: false }))
  const { close, ...opened } = await (place.restate === null
    ? openFolder(place)
    : openRestate(place.restate, place.data))
  try {
    return await work({ ...opened, fileSealer: fileSealer ?? opened.sealer })
  } finally {
    await close()
  }
}

async function openFolder({ data, isNew }: { readonly data: DataFolder; readonly isNew: boolean }) {
  if (!isNew) requireDatabase(databaseOf(data))
  const { store, sealer } = await openData(data)
  const mover = storeMover({ store, sealer, clock: systemClock })
  return { mover, catalog: store.catalog, sealer, close: () => store.close() }
}

/** Loaded when it is chosen. */
async function openRestate(restate: RestateAddresses, { keyFile }: DataFolder) {
  const [{ restateKey }, { createRestateClient }, { restateMover }, { restateCatalog }] = await Promise.all([
    import('./restate-parts.ts'),
    import('../engine/restate/restate-client.ts'),
    import('../engine/restate/restate-mover.ts'),
    import('../engine/restate/restate-catalog.ts'),
  ])
  const sealer = restateKey(keyFile)
  const client = createRestateClient(restate, systemClock)
  const mover = restateMover({ client, sealer, clock: systemClock })
  return { mover, catalog: restateCatalog(client), sealer, close: () => client.close() }
}

function chunksOf(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / AT_ONCE)
  return Array.from({ length: count }, (_, index) => ids.slice(index * AT_ONCE, (index + 1) * AT_ONCE))
}
