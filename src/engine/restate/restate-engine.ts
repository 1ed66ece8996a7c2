import { start } from '../../core/poll.ts'
import type { Effects } from '../effects.ts'
import { attemptEvent, attemptView } from '../embedded/attempt-view.ts'
import { pollView, type Shown } from '../embedded/poll-view.ts'
import { changedTask } from '../embedded/revisions.ts'
import type { Sealer } from '../embedded/sealer.ts'
import { sharedCriteria } from '../embedded/shared-criteria.ts'
import { createTrials } from '../embedded/trials.ts'
import type { Engine, NewPoll, SubmitResult } from '../engine.ts'
import { keptTaskOf } from '../kept-task.ts'
import { beginRun } from './begin-run.ts'
import { POLLS } from './names.ts'
import { createPlaces } from './places.ts'
import type { Begun, Obeyed, PollOrder } from './poll-object.ts'
import { beginRecord, type PollBeginning, type PollRecord } from './poll-record.ts'
import { createReadiness } from './readiness.ts'
import type { RestateClient } from './restate-client.ts'
import { createRestateExecutions } from './restate-executions.ts'
import { idOfKey } from './run-id.ts'
import { createRunReader } from './run-reader.ts'
import { createRunWatch } from './run-watch.ts'
import { createStateWatch } from './state-watch.ts'

export interface RestateEngineOptions {
  readonly client: RestateClient
  readonly sealer: Sealer
  /** The transport is for trials alone: workers make the attempts. */
  readonly effects: Effects
  /** Hears of what goes wrong with no caller to be told. */
  readonly onProblem: (error: unknown) => void
}

/** A command that must wait for an attempt in flight is answered after this long, with what will be. */
const ANSWER_WITHIN_MS = 1000

/** An order that is not heard by then waits for something: an attempt, or who stays until the next one. */
const FIRST_KNOCK_MS = 30

const ANY_POLL = { kind: 'poll', name: null, text: null } as const

/** An engine whose polls are in Restate, and are carried on by workers. Many may stand side by side: none keeps anything. */
export function restateEngine({ client, sealer, effects, onProblem }: RestateEngineOptions): Engine {
  const criteriaOf = sharedCriteria()
  const reader = createRunReader(client, sealer)
  const stateWatch = createStateWatch(reader, effects.clock, onProblem)
  const readiness = createReadiness(client, effects.clock)
  const places = createPlaces(effects)
  const runWatch = createRunWatch(reader, effects.clock, onProblem)

  const seal = (value: PollBeginning | PollOrder, place: string) => sealer.seal(JSON.stringify(value), place)
  /** Who stays with the poll until its next attempt is asked to let it go, until the order has come to its turn. */
  const obey = (id: string, order: PollOrder): Promise<Obeyed> => {
    const over = new AbortController()
    const knock = async () => {
      for (let pause = FIRST_KNOCK_MS; !over.signal.aborted; pause = Math.min(2 * pause, 500)) {
        await effects.clock.sleepUntil(effects.clock.now() + pause, over.signal)
        await client.call({ object: POLLS, key: id, handler: 'knock' }, new Uint8Array())
      }
    }
    const obeyed = client.call<Obeyed>(
      { object: POLLS, key: id, handler: 'obey' },
      seal(order, `order ${id}`),
    )
    knock().catch((error) => over.signal.aborted || onProblem(error))
    return obeyed.finally(() => over.abort())
  }
  const command = async (id: string, order: PollOrder): Promise<Obeyed> => {
    const obeyed = obey(id, order)
    if (order.command === 'cancel') {
      const inFlight = await reader.attemptInFlight(id)
      if (inFlight !== null) await client.admin('PATCH', `/invocations/${inFlight}/cancel`)
      return obeyed
    }
    const over = new AbortController()
    const late = effects.clock.sleepUntil(effects.clock.now() + ANSWER_WITHIN_MS, over.signal).then(
      () => ({ kind: 'done' }) as const,
      () => obeyed,
    )
    obeyed.catch(onProblem)
    return Promise.race([obeyed, late]).finally(() => over.abort())
  }
  return {
    ...createTrials(effects, criteriaOf),
    load: reader.load,
    watch: stateWatch.add,
    isReady: readiness.isReady,
    executions: createRestateExecutions({ client, sealer, reader, effects, places, runWatch }),
    async submit(submitted) {
      const beginning = await prepare(submitted)
      const { id, digest } = beginning
      const begun = await beginRun<Begun, PollRecord>(
        { client, clock: effects.clock },
        { id, object: POLLS, sealed: seal(beginning, `begin ${id}`), read: () => reader.poll(id) },
      )
      const isOwn = begun.kind === 'begun' || begun.run?.place === beginning.place
      if (isOwn || submitted.idempotency === null)
        return { kind: 'accepted', id, poll: firstView(beginRecord(beginning)) }
      return begun.run === null ? { kind: 'key-reused' } : known(begun.run, digest)
    },
    async get(id) {
      const record = await reader.poll(id)
      return record && pollView(shown(record))
    },
    async list({ status, before, limit }) {
      const found = await reader.list({ ...ANY_POLL, status, before, limit: limit + 1 })
      const page = found.slice(0, limit)
      const next = found.length > limit ? (page.at(-1)?.place ?? null) : null
      const records = await reader.polls(page.map(({ id }) => id))
      return {
        polls: page.flatMap(({ id }) => records.get(id) ?? []).map((record) => pollView(shown(record))),
        next,
      }
    },
    async events(id, query) {
      const events = await reader.events(id, query)
      if (events.length > 0) return events
      return ((await reader.poll(id)) ?? (await reader.execution(id))) ? events : null
    },
    async attempt(id, iteration) {
      const record = await reader.poll(id)
      if (record === null) return null
      const event = await attemptEvent((query) => reader.events(id, query), iteration)
      return event && attemptView(event, record.task, record.state)
    },
    async command(id, name, by) {
      const obeyed = await command(id, { command: name, by, now: effects.clock.now() })
      if (obeyed.kind !== 'done') return obeyed
      const record = await reader.poll(id)
      if (record === null) return { kind: 'unknown' }
      const isPaused = name === 'pause' || (record.isPaused && name !== 'resume')
      return { kind: 'done', poll: pollView({ ...shown(record), isPaused }) }
    },
    async revise(id, changes, by) {
      const record = await reader.poll(id)
      if (record === null) return { kind: 'unknown' }
      if (record.state.kind === 'done')
        return { kind: 'refused', reason: `it has ended: ${record.state.outcome}` }
      await criteriaOf(changedTask(record.task, changes, record.state))
      const order = {
        command: 'revise',
        changes,
        by,
        now: effects.clock.now(),
        random: effects.random(),
      } as const
      const obeyed = await obey(id, order)
      if (obeyed.kind !== 'done') return obeyed
      const after = await reader.poll(id)
      return after === null ? { kind: 'unknown' } : { kind: 'done', poll: pollView(shown(after)) }
    },
    async stop() {
      stateWatch.stop()
      runWatch.stop()
      readiness.stop()
      await client.close()
    },
  }

  async function prepare({
    task: input,
    name,
    idempotency,
    webhook,
    variables,
  }: NewPoll): Promise<PollBeginning> {
    const task = keptTaskOf(input, variables)
    await criteriaOf(task)
    const id = idempotency === null ? effects.newId() : idOfKey(sealer.digest(idempotency.key))
    const digest = idempotency === null ? id : sealer.digest(idempotency.text)
    const told = webhook && { webhook }
    return { id, name, task, ...told, digest, place: places.next(), startedAt: effects.clock.now() }
  }
}

function known(record: PollRecord, digest: string): SubmitResult {
  if (record.digest !== digest) return { kind: 'key-reused' }
  const poll = firstView(record)
  return { kind: 'repeated', id: poll.id, poll }
}

/** The poll as the first answer showed it. */
function firstView(record: PollRecord) {
  return pollView({
    ...shown(record),
    state: start(record.task, record.state.startedAt),
    isPaused: false,
  })
}

function shown({ id, name, task, state, isPaused }: PollRecord): Shown {
  return { id, name, task, state, isPaused }
}
