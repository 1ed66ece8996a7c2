import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../tests/runs.ts'
import { parseJson, toJson } from '../core/json.ts'
import { createRedactor } from '../core/redact.ts'
import { runPipeline } from '../engine/run-pipeline.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { type ScriptedAnswer, scriptedTransport } from '../testing/scripted-transport.ts'
import { checkFiles } from './check.ts'
import { type Pipeline, tasksOf } from './definition.ts'
import { type Exchange, pendingExchanges, sendableOf, unknownExchanges } from './exchanges.ts'
import { advanceRun, type RunEvent, startRun } from './run.ts'
import { isEnded, type RunState, taskKey } from './run-state.ts'
import type { RunContext } from './scope.ts'

/** The names of pipelines; each may run those that come after it. */
const NAMES = ['Main', 'Inner', 'Deep'] as const

const preCondition = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'true',
  'false',
  '${input.flag} == "yes"',
)
const base = { preCondition, ignoreFailure: fc.boolean() }

function urlOf(executionId: string, stage: string, task: string): string {
  return `http://h/${executionId}/${stage}/${task}`
}

function laterThan(index: number) {
  const names = NAMES.slice(index + 1)
  return names.length === 0 ? fc.constant('none') : fc.constantFrom(...names)
}

function taskOf(pipeline: number, stage: string, task: string) {
  const at = urlOf('${executionId}', stage, task)
  const rest = fc.record({
    ...base,
    type: fc.constant('REST'),
    input: fc.record({
      url: fc.constant(at),
      action: fc.constantFrom('get', 'post'),
      idempotencyKey: fc.boolean(),
      retry: fc.constantFrom(null, null, { count: 1, intervalSeconds: 1 }, { count: 3, intervalSeconds: 2 }),
    }),
  })
  const poll = fc.record({
    ...base,
    type: fc.constant('POLL'),
    input: fc.record({
      url: fc.constant(at),
      pollCount: fc.integer({ min: 1, max: 4 }),
      pollIntervalSeconds: fc.constantFrom(1, 5),
      ignoreFailure: fc.boolean(),
      successThreshold: fc.constant(1),
      exitCriteria: fc.constant({ success: 'status == "FINISHED"', failure: 'status == "FAILED"' }),
    }),
  })
  const condition = fc.record({
    ...base,
    type: fc.constant('Condition'),
    input: fc.record({ condition: fc.constantFrom('true', 'false', '${input.flag} == "yes"') }),
  })
  const call = fc.record({
    ...base,
    type: fc.constant('Pipeline'),
    input: fc.record({
      pipeline: laterThan(pipeline),
      inputProperties: fc.constantFrom({}, { flag: 'yes' }, { flag: '${input.flag}' }),
    }),
  })
  return pipeline < NAMES.length - 1
    ? fc.oneof(rest, rest, poll, poll, condition, call)
    : fc.oneof(rest, poll, condition)
}

function stageOf(pipeline: number, name: string) {
  return fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((sizes) => {
    const steps = sizes.map((size, i) => Array.from({ length: size }, (_, n) => `T${i}${n}`))
    const tasks = Object.fromEntries(steps.flat().map((task) => [task, taskOf(pipeline, name, task)]))
    return fc.record({ taskOrder: fc.constant(steps.map((step) => step.join(','))), tasks: fc.record(tasks) })
  })
}

function pipelineOf(index: number) {
  const stages = ['A', 'B', 'C'].slice(0, 3 - index)
  const rollback = fc.record({
    stage: fc.constantFrom(...stages),
    name: laterThan(index),
  })
  return fc.record({
    name: fc.constant(NAMES[index]),
    concurrency: fc.integer({ min: 1, max: 3 }),
    input: fc.constantFrom({ flag: 'yes' }, { flag: 'no' }),
    stageOrder: fc.constant(stages),
    stages: fc.record(Object.fromEntries(stages.map((stage) => [stage, stageOf(index, stage)]))),
    rollbacks: index < NAMES.length - 1 ? fc.array(rollback, { maxLength: 2 }) : fc.constant([]),
    notifications: fc.constantFrom(
      {},
      {
        webhook: [
          { event: 'FAILURE', url: 'http://h/hook/${status}' },
          { event: 'SUCCESS', url: 'http://h/hook' },
        ],
      },
    ),
  })
}

const file = fc
  .tuple(pipelineOf(0), pipelineOf(1), pipelineOf(2))
  .map((documents) => documents.map((document) => JSON.stringify(document)).join('\n---\n'))

/** What the far side does with the n-th request to a URL. */
const answers: readonly ScriptedAnswer[] = [
  { body: { status: 'FINISHED' } },
  { body: { status: 'FINISHED' } },
  { body: { status: 'FINISHED' } },
  { body: { status: 'RUNNING' } },
  { body: { status: 'RUNNING' }, durationMs: 700 },
  { body: { status: 'FAILED' } },
  { code: 404 },
  { code: 429, headers: { 'retry-after': '7' } },
  { code: 503, durationMs: 1500 },
  { fails: 'reset' },
]

interface World {
  readonly text: string
  readonly seed: number
}
const world: fc.Arbitrary<World> = fc.record({ text: file, seed: fc.nat() })

/** Depends on nothing but where a request goes and which one it is, so a run that is taken up again sees the same. */
function answerTo({ seed }: World, requestUrl: string, iteration: number): ScriptedAnswer {
  let hash = seed
  for (const char of `${requestUrl}#${iteration}`) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return answers[((hash ^ (hash >>> 13)) >>> 0) % answers.length] as ScriptedAnswer
}

function contextOf({ text }: World): RunContext {
  const { pipelines, problems } = checkFiles([{ file: 'p', text }])
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return { pipelines, variables: {}, redactor: createRedactor([]) }
}

const NOW = Date.UTC(2026, 0, 1)

/** With room for every run at once, when things happen does not decide what happens. */
function withRoom({ text, seed }: World): World {
  return { text: text.replace(/"concurrency":\d+/g, '"concurrency":50'), seed }
}

function begin(context: RunContext): RunState {
  return startRun(context, { pipeline: 'Main', executionId: 'x', now: NOW })
}

interface Simulation {
  readonly world: World
  readonly context: RunContext
  /** Called with every state. */
  readonly onState?: (run: RunState, now: number) => void
  /** Epoch ms. */
  readonly now?: number
  /** What happens from outside before a turn. */
  readonly before?: (turn: number) => 'pause' | 'resume' | 'cancel' | null
}

/** Carries a run to its end: one exchange after another, the one that is due first. */
async function simulate(
  from: RunState,
  { world, context, onState, before, now: startAt = NOW }: Simulation,
): Promise<RunState> {
  const clock = manualClock(startAt)
  let run = from
  const step = (event: RunEvent) => {
    run = advanceRun(context, run, event).run
    onState?.(run, clock.now())
  }
  onState?.(run, clock.now())
  for (const { path } of unknownExchanges(context, run))
    step({ kind: 'lost', path, sendAgain: true, now: clock.now() })
  for (let turn = 0; ; turn++) {
    expect(turn).toBeLessThan(5000)
    const now = clock.now()
    const outside = before?.(turn)
    if (outside === 'cancel') step({ kind: 'cancel', by: 'by the test', now })
    else if (outside) step({ kind: outside, now })
    const [next] = pendingExchanges(run).sort((a, b) => a.dueAt - b.dueAt)
    if (next === undefined && !isEnded(run.status)) step({ kind: 'resume', now })
    else if (next === undefined) return run
    else await exchange(next)
  }

  async function exchange({ path, kind, id, dueAt }: Exchange) {
    await clock.sleepUntil(dueAt, null)
    if (kind === 'rest') step({ kind: 'sending', path, now: clock.now() })
    const [due] = pendingExchanges(run).filter(
      (other) => other.id === id && other.path.join() === path.join(),
    )
    const { request, timeoutMs, maxBodyBytes, conditional } = sendableOf(
      context,
      run,
      due as Exchange,
      clock.now(),
    )
    const transport = scriptedTransport(() => answerTo(world, request.url, id), clock)
    const sent = await transport.send(request, { timeoutMs, maxBodyBytes, signal: null })
    const now = clock.now()
    if (kind === 'notice') return step({ kind: 'notified', path, id, failure: null, now })
    step({ kind: 'answered', path, attempt: { ...sent, conditional }, random: 0.5, now })
  }
}

/** Runs it as the library and the command do. */
async function drive(given: World, context: RunContext) {
  const clock = manualClock(NOW)
  const counts = new Map<string, number>()
  const transport = scriptedTransport(({ url }) => {
    const times = counts.get(url) ?? 0
    counts.set(url, times + 1)
    return answerTo(given, url, times)
  }, clock)
  const { signal } = new AbortController()
  const effects = { clock, transport, random: () => 0.5 }
  const watch = watcher(context)
  const onStep = ({ run }: { run: RunState }) => watch(run)
  return { ended: await runPipeline(context, begin(context), { effects, signal, onStep }), counts }
}

/** The run and all that run inside it. */
function runsIn(run: RunState): RunState[] {
  const children = Object.values(run.tasks).flatMap(({ child }) => (child ? runsIn(child) : []))
  return [run, ...children, ...(run.rollback ? runsIn(run.rollback.run) : [])]
}

/** How everything ended, by execution and task. */
function statusesOf(root: RunState): Record<string, string> {
  return Object.fromEntries(
    runsIn(root).flatMap((run) => [
      [run.executionId, run.status],
      ...Object.entries(run.tasks).map(([key, { status }]) => [`${run.executionId} ${key}`, status]),
    ]),
  )
}

const HALTING = new Set(['FAILED', 'CANCELED'])

/** Holds each state against the one before. */
function watcher(context: RunContext) {
  const last = new Map<string, RunState>()
  return (root: RunState) => {
    expect(parseJson(toJson(root))).toEqual(root)
    for (const run of runsIn(root)) {
      expectInOrder(context, run)
      const earlier = last.get(run.executionId)
      if (earlier) expectNext(earlier, run)
      last.set(run.executionId, run)
    }
  }
}

/** No task has started before all of the earlier steps have ended. */
function expectInOrder({ pipelines }: RunContext, run: RunState): void {
  let mayStart = true
  for (const step of (pipelines.get(run.pipeline) as Pipeline).stages.flatMap(({ steps }) => steps)) {
    const statuses = step.map((task) => run.tasks[taskKey(task)]?.status ?? 'NOT_STARTED')
    if (!mayStart) expect(new Set(statuses)).toEqual(new Set(['NOT_STARTED']))
    mayStart &&= statuses.every(isEnded)
  }
}

/** What has ended stays as it is, and after a failure that halts nothing new starts. */
function expectNext(earlier: RunState, run: RunState): void {
  if (isEnded(earlier.status)) expect(run.status).toBe(earlier.status)
  for (const [key, task] of Object.entries(earlier.tasks)) {
    if (!isEnded(task.status)) continue
    const { status, message, output, endedAt } = task
    expect(run.tasks[key]).toMatchObject({ status, message, output, endedAt, work: null })
  }
  const isHalted =
    isEnded(earlier.status) || Object.values(earlier.tasks).some(({ status }) => HALTING.has(status))
  if (!isHalted) return
  for (const [key, { status }] of Object.entries(run.tasks)) {
    const before = earlier.tasks[key]?.status
    expect(before, `${key} after a failure`).toBeDefined()
    if (before === 'QUEUED') expect(status).not.toBe('RUNNING')
  }
}

function expectEnded(root: RunState): void {
  for (const run of runsIn(root)) {
    expect(isEnded(run.status), `${run.executionId} is ${run.status}`).toBe(true)
    const statuses = Object.values(run.tasks).map(({ status }) => status)
    expect(statuses.filter((status) => !isEnded(status))).toEqual([])
    const isHalted = statuses.some((status) => HALTING.has(status))
    if (run.status !== 'CANCELED') expect(isHalted).toBe(run.status !== 'COMPLETED')
    expect(run.endedAt).not.toBeNull()
  }
  expect(pendingExchanges(root)).toEqual([])
}

it('a run ends, in order, whatever it is made of and whatever the far side does', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const context = contextOf(given)
      expectEnded(await simulate(begin(context), { world: given, context, onState: watcher(context) }))
    }),
    runs(20),
  )
})

it('a run that is killed at any of its states and taken up again ends as it would have', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const context = contextOf(given)
      const kept: [string, number][] = []
      const onState = (run: RunState, now: number) => kept.push([toJson(run), now])
      const whole = await simulate(begin(context), { world: given, context, onState })
      for (const [text, now] of every(kept, 12)) {
        const again = await simulate(parseJson(text) as RunState, { world: given, context, now })
        expect(statusesOf(again)).toEqual(statusesOf(whole))
        expect(again.output).toEqual(whole.output)
      }
    }),
    runs(13),
  )
})

it('a run that is paused and resumed at any time ends as it would have', async () => {
  await fc.assert(
    fc.asyncProperty(
      world.map(withRoom),
      fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
      async (given, pauses) => {
        const context = contextOf(given)
        const whole = await simulate(begin(context), { world: given, context })
        const before = (turn: number) =>
          pauses.includes(turn) ? 'pause' : pauses.includes(turn - 3) ? 'resume' : null
        const again = await simulate(begin(context), {
          world: given,
          context,
          before,
          onState: watcher(context),
        })
        expect(statusesOf(again)).toEqual(statusesOf(whole))
      },
    ),
    runs(20),
  )
})

it('a run that is cancelled at any time has nothing left that runs', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.nat({ max: 30 }), async (given, at) => {
      const context = contextOf(given)
      const before = (turn: number) => (turn === at ? 'cancel' : null)
      expectEnded(
        await simulate(begin(context), { world: given, context, before, onState: watcher(context) }),
      )
    }),
    runs(20),
  )
})

it('the driver ends every run, and sends a REST request no more often than its file allows', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const context = contextOf(given)
      const { ended, counts } = await drive(given, context)
      expectEnded(ended)
      expectCounts(context, ended, counts)
    }),
    runs(20),
  )
})

it('the driver, which sends side by side, ends a run as one exchange after another does', async () => {
  await fc.assert(
    fc.asyncProperty(world.map(withRoom), async (given) => {
      const context = contextOf(given)
      const { ended } = await drive(given, context)
      expect(statusesOf(ended)).toEqual(statusesOf(await simulate(begin(context), { world: given, context })))
    }),
    runs(13),
  )
})

function expectCounts({ pipelines }: RunContext, root: RunState, counts: ReadonlyMap<string, number>): void {
  for (const run of runsIn(root)) {
    for (const task of tasksOf(pipelines.get(run.pipeline) as Pipeline)) {
      if (task.type !== 'REST' && task.type !== 'POLL') continue
      const times = counts.get(urlOf(run.executionId, task.stage, task.name)) ?? 0
      const most = task.type === 'REST' ? 1 + (task.input.retry?.count ?? 0) : task.input.pollCount
      expect(times).toBeLessThanOrEqual(most)
      const status = run.tasks[taskKey(task)]?.status
      if (status === undefined || status === 'SKIPPED') expect(times).toBe(0)
      if (status === 'COMPLETED') expect(times).toBeGreaterThan(0)
    }
  }
}

/** At most so many of a list, spread over it. */
function every<T>(items: readonly T[], most: number): T[] {
  const stride = Math.max(1, Math.ceil(items.length / most))
  return items.filter((_, i) => i % stride === 0)
}
