import { BideError } from '../../core/errors.ts'
import { toJson } from '../../core/json.ts'
import { isEnded } from '../../pipeline/run-state.ts'
import type { Clock } from '../effects.ts'
import type { Sealer } from '../embedded/sealer.ts'
import { type MovedRun, type RunMover, requireFitting, wasPaused } from '../moved-run.ts'
import { beginRun } from './begin-run.ts'
import type { ExecutionOrder } from './execution-object.ts'
import { contextOf, type ExecutionAdoption, openSources } from './execution-record.ts'
import { EXECUTIONS, POLLS } from './names.ts'
import { A_MILLISECOND } from './places.ts'
import type { Begun, Obeyed, PollOrder } from './poll-object.ts'
import type { PollAdoption } from './poll-record.ts'
import type { RestateClient } from './restate-client.ts'
import { createRunReader } from './run-reader.ts'

export interface RestateMoverOptions {
  readonly client: RestateClient
  readonly sealer: Sealer
  readonly clock: Clock
}

const PAGE = 1000
const LOOK_EVERY_MS = 200
/** A REST request that is on its way is let finish: so long, then who moves is told to come back. */
const FINISHES_WITHIN_MS = 60_000
/** A poll that does not answer by then has an attempt in flight. */
const BREAK_OFF_AFTER_MS = 300
const BY = 'as it moves elsewhere'

/** Moves runs out of Restate and into it, while its workers are there. */
export function restateMover({ client, sealer, clock }: RestateMoverOptions): RunMover {
  const reader = createRunReader(client, sealer)
  let moved = 0
  const seal = (value: object, place: string) => sealer.seal(toJson(value), place)
  const hold = (object: string, id: string): Promise<Obeyed> => {
    const order: PollOrder & ExecutionOrder = { command: 'hold', by: BY, now: clock.now() }
    return client.call<Obeyed>({ object, key: id, handler: 'obey' }, seal(order, `order ${id}`))
  }
  /** Where it is over already, there is nothing to break off. */
  const breakOff = (invocation: string) =>
    client.admin('PATCH', `/invocations/${invocation}/cancel`).catch(() => {})
  /** What is in flight, or stays with the poll, is broken off: it is made where the poll goes. */
  const holdPoll = async (id: string): Promise<Obeyed> => {
    const held = hold(POLLS, id)
    const over = new AbortController()
    const breakAttemptOff = async () => {
      for (;;) {
        await clock.sleepUntil(clock.now() + BREAK_OFF_AFTER_MS, over.signal)
        const inFlight = await reader.attemptInFlight(id)
        if (inFlight !== null) await breakOff(inFlight)
      }
    }
    // Once it is held, whatever became of that is of no account.
    breakAttemptOff().catch(() => {})
    return held.finally(() => over.abort())
  }
  const allEvents = async (id: string) =>
    reader.events(id, { after: 0, limit: Number.MAX_SAFE_INTEGER, kind: null })
  const takePoll = async (id: string): Promise<MovedRun | null> => {
    if ((await holdPoll(id)).kind !== 'done') return null
    const [record, events] = await Promise.all([reader.poll(id), allEvents(id)])
    if (record === null) return null
    const { name, task, state, webhook = null, lastEvent, folded, endsFolding } = record
    const isPaused = wasPaused(events, record.isPaused)
    const about = { id, createdAt: state.startedAt, events, lastEvent, folded, endsFolding }
    return { kind: 'poll', ...about, name, isPaused, task, state, webhook }
  }
  const takeExecution = async (id: string): Promise<MovedRun | null> => {
    if ((await hold(EXECUTIONS, id)).kind !== 'done') return null
    const until = clock.now() + FINISHES_WITHIN_MS
    for (;;) {
      const found = await reader.execution(id)
      if (found === null || isEnded(found.record.run.status)) return null
      const { run, place, lastEvent, folded, endsFolding } = found.record
      const flights = Object.values(found.record.flights)
      // No worker can take in what comes of these: where it fits, it is said that nobody knows.
      if (found.unfit !== null) await Promise.all(flights.map(breakOff))
      if (found.unfit !== null || flights.length === 0) {
        const events = await allEvents(id)
        const about = { id, createdAt: Math.floor(place / A_MILLISECOND), events }
        return {
          kind: 'execution',
          ...about,
          sources: openSources(sealer, found.sealedSources, id),
          run,
          lastEvent,
          folded,
          endsFolding,
        }
      }
      if (clock.now() > until)
        throw new BideError('state-mismatch', `the execution ${id} has a request on its way`, {
          hint: 'it is held, and sends nothing more: try again when that has been answered',
        })
      await clock.sleepUntil(clock.now() + LOOK_EVERY_MS, null)
    }
  }
  return {
    async open() {
      const ids: string[] = []
      for (let before: number | null = null; ; ) {
        const any = { kind: null, status: null, name: null, text: null }
        const page = await reader.list({ ...any, before, limit: PAGE, isOpen: true })
        ids.push(...page.map(({ id }) => id))
        const last = page.at(-1)
        if (page.length < PAGE || last === undefined) return ids.reverse()
        before = last.place
      }
    },
    take: async (id) => ((await reader.poll(id)) === null ? takeExecution(id) : takePoll(id)),
    async put(run) {
      const place = Math.floor(run.createdAt) * A_MILLISECOND + (moved++ % A_MILLISECOND)
      const now = clock.now()
      if (run.kind === 'execution') requireFitting(run, contextOf)
      const adoption: PollAdoption | ExecutionAdoption =
        run.kind === 'poll' ? { poll: run, place, now } : { execution: run, place, now }
      const { id } = run
      const [object, read] =
        run.kind === 'poll'
          ? ([POLLS, () => reader.poll(id)] as const)
          : ([EXECUTIONS, () => reader.execution(id)] as const)
      const sealed = seal(adoption, `adopt ${id}`)
      const parts = { client, clock }
      const begun = await beginRun<Begun, object>(parts, { id, object, handler: 'adopt', sealed, read })
      return begun.kind === 'begun'
    },
  }
}
