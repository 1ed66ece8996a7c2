import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { BideError } from '../core/errors.ts'
import { parseJson, toJson } from '../core/json.ts'
import type { Sealer } from '../engine/embedded/sealer.ts'
import type { MovedRun } from '../engine/moved-run.ts'
import { syncFolderOf } from './key-file.ts'

/** What a file of `bide export` holds, in order: definitions, then runs. */
export type MovedThing =
  | MovedRun
  | {
      readonly kind: 'pipeline' | 'variable'
      readonly id: string
      readonly value: string
      readonly updatedAt: number
    }

const FORMAT = 1

/** A line each, sealed: of a run its id and kind are in clear, and nothing else. */
export async function writeMovingFile(
  path: string,
  sealer: Sealer,
  things: AsyncIterable<MovedThing>,
): Promise<void> {
  const part = `${path}.part`
  const out = createWriteStream(part, { mode: 0o600, flush: true })
  const failed = once(out, 'error').then(([error]) => Promise.reject(unwritable(path, error as Error)))
  const write = async (line: object) => {
    if (!out.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(out, 'drain'), failed])
  }
  const writeAll = async () => {
    await write({ kind: 'bide-export', format: FORMAT, check: seal(sealer, 'check', 'bide') })
    let count = 0
    for await (const thing of things) {
      const { kind, id } = thing
      await write({ kind, id, sealed: seal(sealer, `${kind} ${id}`, toJson(thing)) })
      count++
    }
    await write({ kind: 'end', count })
    out.end()
    await once(out, 'close')
  }
  await Promise.race([writeAll(), failed])
  // Under its name it is whole, or not there: who was broken off begins again.
  renameSync(part, path)
  syncFolderOf(resolve(dirname(path), 'any'))
}

/** Looks at the whole file first: that none of it is missing, and that all of it opens. @throws BideError */
export async function* readMovingFile(path: string, sealer: Sealer): AsyncGenerator<MovedThing, void, void> {
  for await (const _ of linesOf(path, sealer));
  yield* linesOf(path, sealer)
}

async function* linesOf(path: string, sealer: Sealer): AsyncGenerator<MovedThing, void, void> {
  if (!existsSync(path)) throw new BideError('invalid-file', `there is no file ${path}`)
  let [number, end] = [0, -1]
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const line = lineOf(text)
    if (line === null || end >= 0 || (number === 0) !== (line.kind === 'bide-export'))
      throw broken(path, `line ${number + 1} is none of bide export`)
    if (line.kind === 'end') end = line.count ?? -1
    else if (line.kind === 'bide-export') requireKey(path, sealer, line)
    else yield openedLine(sealer, line)
    number++
  }
  if (end !== number - 2) throw broken(path, 'its end is missing')
}

interface Line {
  readonly kind: string
  readonly id?: string
  readonly sealed?: string
  readonly format?: number
  readonly check?: string
  readonly count?: number
}

function lineOf(text: string): Line | null {
  const line = parseJson(text) as Line | null | undefined
  return line && typeof line.kind === 'string' ? line : null
}

function openedLine(sealer: Sealer, { kind, id = '', sealed = '' }: Line): MovedThing {
  const text = open(sealer, `${kind} ${id}`, sealed)
  // The state of an execution may hold integers beyond 2^53; a poll's has none.
  return (kind === 'execution' ? parseJson(text) : JSON.parse(text)) as unknown as MovedThing
}

function requireKey(path: string, sealer: Sealer, { format, check = '' }: Line): void {
  if (format !== FORMAT)
    throw new BideError('invalid-file', `${path} is of format ${format}, and this bide reads ${FORMAT}`, {
      hint: 'import it by the version of bide that has exported it, or a newer one',
    })
  try {
    open(sealer, 'check', check)
  } catch (cause) {
    throw new BideError('invalid-file', `${path} is sealed with another key`, {
      cause,
      hint: 'name the key of where it was exported by --file-key, or export it with --file-key',
    })
  }
}

function seal(sealer: Sealer, place: string, text: string): string {
  return Buffer.from(sealer.seal(text, `export ${place}`)).toString('base64')
}

function open(sealer: Sealer, place: string, sealed: string): string {
  return sealer.open(Buffer.from(sealed, 'base64'), `export ${place}`)
}

function broken(path: string, why: string): BideError {
  return new BideError('invalid-file', `${path} is not whole: ${why}`, {
    hint: 'export again: what was exported before is held where it was, and comes along',
  })
}

function unwritable(path: string, cause: Error): BideError {
  return new BideError('store', `${path} cannot be written: ${cause.message}`, { cause })
}
