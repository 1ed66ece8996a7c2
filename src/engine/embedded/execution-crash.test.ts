import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import type { Transport } from '../effects.ts'
import type { Engine } from '../engine.ts'
import { settle, steppedClock } from '../stepped-clock.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { createSealer } from './sealer.ts'

const EVENTS = { after: 0, limit: 200, kind: null }
const never = new Promise<never>(() => {})

const post = (name: string, more = '') =>
  `{type: REST, input: {action: post, url: 'http://far.test/\${input.n}/${name}'${more}}}`
const WAIT = `{type: POLL, input: {url: 'http://far.test/\${input.n}/job', pollCount: 4, pollIntervalSeconds: 1,
            exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "BAD"'}}}`
const pipeline = (name: string, tasks: Readonly<Record<string, string>>, more = '') => `
kind: PIPELINE
name: ${name}
concurrency: 1
input: {n: ''}
stageOrder: [S]
${more}
stages:
  S:
    taskOrder: [${Object.keys(tasks).join(', ')}]
    tasks:
${Object.entries(tasks)
  .map(([task, text]) => `      ${task}: ${text}`)
  .join('\n')}
`
const INNER = pipeline('Inner', { Ask: post('inner'), Wait: WAIT })
const UNDO = pipeline('Undo', { Undo: post('undo') })
const NESTED = `{type: PIPELINE, input: {pipeline: Inner, inputProperties: {n: '\${input.n}'}}}`

interface Case {
  readonly name: string
  readonly sources: Readonly<Record<string, string>>
  /** How often a POST may be received where the process dies: 1 by default. */
  readonly posts?: number
  readonly isRefusedFirst?: boolean
  readonly jobEnds?: string
  readonly isPaused?: boolean
  readonly isEnd?: (status: string, message: string) => boolean
}

const isDoneOrUnknown = (status: string, message: string) =>
  status === 'COMPLETED' || (status === 'FAILED' && message.includes('Unknown'))
const isDone = (status: string) => status === 'COMPLETED'

const CASES: readonly Case[] = [
  {
    name: 'a REST and a Poll task',
    sources: { P: pipeline('P', { Start: post('start'), Wait: WAIT, Finish: post('finish') }) },
  },
  {
    name: 'a REST task that is tried again',
    sources: { P: pipeline('P', { Start: post('start', ', retry: {count: 2}'), Wait: WAIT }) },
    isRefusedFirst: true,
    posts: 2,
  },
  {
    name: 'a REST task with an idempotency key',
    sources: { P: pipeline('P', { Start: post('start', ', idempotencyKey: true'), Wait: WAIT }) },
    posts: 2,
    isEnd: isDone,
  },
  {
    name: 'a rollback',
    sources: {
      P: pipeline(
        'P',
        { Start: post('start'), Wait: WAIT },
        `rollbacks: [{stage: S, name: Undo, inputs: {n: '\${input.n}'}}]`,
      ),
      Undo: UNDO,
    },
    jobEnds: 'BAD',
    isEnd: (status) => status.includes('FAILED') || status.includes('ROLLBACK'),
  },
  {
    name: 'a nested pipeline',
    sources: { P: pipeline('P', { Start: post('start'), Nested: NESTED }), Inner: INNER },
  },
  {
    name: 'a pause',
    sources: { P: pipeline('P', { Start: post('start'), Wait: WAIT, Finish: post('finish') }) },
    isPaused: true,
  },
]

/** One write in four while one works, each of them where `BIDE_RUNS` asks for more, as the continuous integration does. */
const STEP = Number(process.env.BIDE_RUNS ?? 1) > 1 ? 1 : 4
/** More writes than any of the cases makes, so that the last deaths never come. */
const MOST_WRITES = 40

describe('executions whose process dies', () => {
  it.each(CASES)(
    'around each of its writes, with $name, end once, and send nothing twice in silence',
    async (one) => {
      let deaths = 0
      for (let write = 1; write <= MOST_WRITES; write += STEP) {
        const died = [await dieAt(one, { write, isKept: false }), await dieAt(one, { write, isKept: true })]
        deaths += died.filter(Boolean).length
        if (!died.includes(true)) break
      }
      expect(deaths).toBeGreaterThan(12 / STEP)
      expect(deaths).toBeLessThan((2 * MOST_WRITES) / STEP)
    },
  )
})

interface Death {
  readonly write: number
  /** Whether the write is on the disk when the process dies, before anybody hears of it. */
  readonly isKept: boolean
}

/** True where it died: a late death does not come, as all is done. */
async function dieAt(one: Case, death: Death): Promise<boolean> {
  const { clock, pass } = steppedClock()
  const base = memoryStore()
  const dead = { is: false }
  const far = farSide(one, dead)
  const open = (store: Store, isAlive: () => boolean) =>
    embeddedEngine({
      store,
      sealer: createSealer(new Uint8Array(32).fill(7)),
      effects: { clock, random: () => 0, newId: far.newId, transport: far.transport(isAlive) },
      onProblem: (problem) => {
        throw problem
      },
    })
  const first = await open(dyingStore(base, death, dead), () => !dead.is)
  const kept = await acknowledged(first, one)
  if (one.isPaused) {
    for (const id of kept) void first.executions!.command(id, 'pause', 'by the test')
    await settle()
  }
  const goOn = async (engine: Engine) => {
    const isOpen = async (id: string) => (await engine.executions!.get(id))!.endedAt === null
    const isOver = async () => !(await Promise.all(kept.map(isOpen))).includes(true)
    for (let second = 0; second < 60; second++) {
      if (engine === first && dead.is) return
      if (await Promise.race([isOver(), settle()])) return
      if (one.isPaused && second === 3)
        for (const id of kept) void engine.executions!.command(id, 'resume', 'by the test')
      await pass(1000)
    }
  }
  await goOn(first)
  const next = dead.is ? await open(base, () => true) : first
  if (dead.is) await goOn(next)
  const about = `${one.name}, write ${death.write}, ${death.isKept ? 'kept' : 'lost'}`
  for (const id of kept) {
    const { status, statusMessage, input } = (await next.executions!.get(id))!
    const isEnd = one.isEnd ?? isDoneOrUnknown
    expect(isEnd(status, statusMessage), `${about}: ${status}, ${statusMessage}`).toBe(true)
    const events = (await next.events(id, EVENTS))!
    expect(
      events.map(({ number }) => number),
      about,
    ).toEqual(events.map((_, index) => index + 1))
    expect(events.filter(({ kind }) => kind === 'ended').length, about).toBe(1)
    const posts = far.postsOf(String(input.n))
    for (const [name, keys] of posts) {
      expect(keys.length, `${about}: ${name}`).toBeLessThanOrEqual(one.posts ?? 1)
      expect(new Set(keys).size, `${about}: ${name}`).toBe(1)
    }
  }
  await next.stop(0)
  return dead.is
}

/** Two are started, of which the second has to wait: the ids of those that were answered. */
async function acknowledged({ executions }: Engine, { sources }: Case): Promise<string[]> {
  const kept: string[] = []
  for (const n of ['1', '2']) {
    const start = { pipeline: 'P', sources, variables: {}, input: { n }, requestBy: 'a test', comments: '' }
    void executions!.start({ ...start, idempotency: null }).then((result) => {
      if (result.kind === 'accepted') kept.push(result.execution.executionId)
    })
    await settle()
  }
  return kept
}

/** Answers at once; what was posted is counted where a living process posted it. */
function farSide({ isRefusedFirst = false, jobEnds = 'FINISHED' }: Case, dead: { is: boolean }) {
  const posts = new Map<string, string[]>()
  const asked = new Map<string, number>()
  let ids = 0
  const answer = (method: string, url: string, key: string) => {
    const count = (asked.get(url) ?? 0) + 1
    asked.set(url, count)
    if (method === 'GET') return { code: 200, status: count >= 3 ? jobEnds : 'RUNNING' }
    posts.set(url, [...(posts.get(url) ?? []), key])
    return { code: isRefusedFirst && count === 1 ? 503 : 200, status: 'TAKEN' }
  }
  const transport = (isAlive: () => boolean): Transport => ({
    async send({ method, url, headers }) {
      if (!isAlive()) return never
      const key = Object.entries(headers).find(([name]) => name.toLowerCase() === 'idempotency-key')
      const { code, status } = answer(method, url, key?.[1] ?? '')
      await new Promise(setImmediate)
      if (!isAlive()) return never
      const response = { code, headers: {}, body: JSON.stringify({ status }) }
      return { startedAt: 0, durationMs: 0, notes: [], result: { kind: 'response', response } }
    },
    async close() {},
  })
  return {
    transport,
    newId: () => `execution-${++ids}-${dead.is}`,
    postsOf: (n: string) => [...posts].filter(([url]) => url.startsWith(`http://far.test/${n}/`)),
  }
}

function dyingStore(base: Store, { write, isKept }: Death, dead: { is: boolean }): Store {
  let writes = 0
  const kept = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead.is) return never
    if (++writes !== write) return work()
    dead.is = true
    if (isKept) await work()
    return never
  }
  return {
    ...base,
    change: (change) => kept(() => base.change(change)),
    submit: (submission) => kept(() => base.submit(submission)),
    get: (id) => (dead.is ? never : base.get(id)),
    due: (query) => (dead.is ? never : base.due(query)),
    removeEnded: (query) => (dead.is ? never : base.removeEnded(query)),
  }
}
