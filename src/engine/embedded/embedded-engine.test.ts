import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import { farSide } from '../far-side.ts'
import { settle, steppedClock } from '../stepped-clock.ts'
import { type EmbeddedEngineOptions, embeddedEngine } from './embedded-engine.ts'
import { createSealer } from './sealer.ts'

const KEY = new Uint8Array(32).fill(7)
const START = Date.UTC(2026, 0, 1)
const FINISHED = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }

async function world(options: Partial<EmbeddedEngineOptions> & { key?: Uint8Array } = {}) {
  const { clock, pass } = steppedClock()
  const asked = farSide(clock, async (isAsked) => {
    await settle()
    if (!isAsked()) throw new Error('nothing is asked')
  })
  const far = {
    ...asked,
    async answer(status: string) {
      await asked.answer(status)
      await settle()
    },
  }
  const store = options.store ?? memoryStore()
  let ids = 0
  const problems: unknown[] = []
  const effects = {
    clock,
    transport: far.transport,
    random: () => 0,
    newId: () => `poll-${++ids}-${problems.length}`,
  }
  const open = () =>
    embeddedEngine({
      sealer: createSealer(options.key ?? KEY),
      effects,
      onProblem: (problem) => problems.push(problem),
      ...options,
      store,
    })
  const engine = await open()
  const submit = async (task: object = {}) => {
    const job = { url: 'http://far.test/job', exitCriteria: FINISHED, pollIntervalSeconds: 10, ...task }
    const result = await engine.submit({ task: job, name: null, idempotency: null })
    await settle()
    if (result.kind !== 'accepted') throw new Error(result.kind)
    return result.poll.id
  }
  return { engine, submit, pass, far, store, open, problems }
}

describe('the embedded engine', () => {
  it('keeps of attempts alike the first and the last, tells each, and says how many there were between', async () => {
    const { engine, submit, pass, far } = await world()
    const id = await submit()
    const told: number[] = []
    engine.watch(id, () => told.push(told.length))
    for (const status of [
      'RUNNING',
      'RUNNING',
      'RUNNING',
      'RUNNING',
      'NEARLY',
      'NEARLY',
      'NEARLY',
      'FINISHED',
    ]) {
      await far.answer(status)
      await pass(10_000)
    }
    const events = await engine.events(id, { after: 0, limit: 20, kind: null })
    expect(
      events?.map(({ number, kind, folded, data }) => [number, kind, folded, JSON.parse(data).iteration]),
    ).toEqual([
      [1, 'submitted', 0, undefined],
      [2, 'attempt', 0, 1],
      [5, 'attempt', 2, 4],
      [6, 'attempt', 0, 5],
      [8, 'attempt', 1, 7],
      [9, 'attempt', 0, 8],
      [10, 'ended', 0, undefined],
    ])
    expect(told).toHaveLength(8)
    expect(await engine.get(id)).toMatchObject({ iterationCount: 8, observed: { '200 pending': 7 } })
  })

  it('asks when a poll is due, until its conditions decide', async () => {
    const { engine, submit, pass, far } = await world()
    const id = await submit()
    await far.answer('RUNNING')
    expect(await engine.get(id)).toMatchObject({
      status: 'RUNNING',
      iterationCount: 1,
      nextAttemptAt: '2026-01-01T00:00:10.000Z',
      output: null,
    })
    await pass(9_999)
    expect(far.sent).toHaveLength(1)
    await pass(1)
    await far.answer('FINISHED')
    expect(await engine.get(id)).toMatchObject({
      status: 'COMPLETED',
      outcome: 'succeeded',
      iterationCount: 2,
      nextAttemptAt: null,
      endedAt: '2026-01-01T00:00:10.000Z',
      output: { status: 'COMPLETED', responseJson: { status: 'FINISHED' } },
    })
    const events = await engine.events(id, { after: 0, limit: 10, kind: null })
    expect(events?.map(({ number, kind }) => [number, kind])).toEqual([
      [1, 'submitted'],
      [2, 'attempt'],
      [3, 'attempt'],
      [4, 'ended'],
    ])
  })

  it('asks a poll that is due in days, and one in seconds, each at its time', async () => {
    const { submit, pass, far } = await world()
    await submit({ url: 'http://far.test/days', initialDelaySeconds: 3 * 86_400 })
    await submit({ url: 'http://far.test/seconds', initialDelaySeconds: 3 })
    await pass(3_000)
    expect(far.sent).toEqual(['http://far.test/seconds'])
    await pass(3 * 86_400_000 - 3_001)
    await pass(1)
    expect(far.sent).toEqual(['http://far.test/seconds', 'http://far.test/days'])
  })

  it('makes so many attempts at a time to one origin, and lets another origin pass', async () => {
    const { submit, far } = await world({ limits: { perOrigin: 2, total: 3 } })
    for (let i = 0; i < 4; i++) await submit({ url: `http://a.test/${i}` })
    expect(far.sent).toEqual(['http://a.test/0', 'http://a.test/1'])
    await submit({ url: 'http://b.test/' })
    await submit({ url: 'http://c.test/' })
    expect(far.sent.slice(2)).toEqual(['http://b.test/'])
    await far.answer('FINISHED')
    await far.answer('FINISHED')
    expect(far.sent.slice(3).sort()).toEqual(['http://a.test/2', 'http://c.test/'])
    expect(far.most()).toBe(3)
  })

  it('looks again, after a minute, at a poll that could not be read', async () => {
    const { store, engine: first, submit, far, open, pass, problems } = await world()
    await submit({ initialDelaySeconds: 1 })
    await first.stop(0)
    const { get } = store
    store.get = () => Promise.reject(new Error('unreadable'))
    const engine = await open()
    await pass(2000)
    expect(problems).toHaveLength(1)
    store.get = get
    await pass(30_000)
    expect(far.sent).toHaveLength(0)
    await pass(31_000)
    expect(far.sent).toHaveLength(1)
    await engine.stop(0)
  })

  it('cancels a poll that waits, and one whose attempt is in flight', async () => {
    const { engine, submit, far, pass } = await world()
    const [waiting, flying] = [await submit({ initialDelaySeconds: 5 }), await submit()]
    for (const id of [waiting, flying]) {
      const result = await engine.command(id, 'cancel', 'by a person')
      expect(result).toMatchObject({ kind: 'done', poll: { status: 'CANCELED', outcome: 'cancelled' } })
      await settle()
      const events = await engine.events(id, { after: 1, limit: 10, kind: null })
      expect(events?.map(({ kind }) => kind)).toEqual(['ended'])
    }
    await pass(60_000)
    expect(far.sent).toHaveLength(1)
    expect(await engine.command(waiting, 'cancel', 'again')).toMatchObject({ kind: 'done' })
    expect(await engine.command(waiting, 'pause', 'x')).toMatchObject({ kind: 'refused' })
    expect(await engine.command('nobody', 'pause', 'x')).toEqual({ kind: 'unknown' })
  })

  it('asks nothing while paused, keeps the answer that was on its way, and goes on when resumed', async () => {
    const { engine, submit, far, pass } = await world()
    const id = await submit()
    expect(await engine.command(id, 'pause', 'x')).toMatchObject({
      poll: { status: 'PAUSED', nextAttemptAt: null },
    })
    await far.answer('RUNNING')
    expect(await engine.get(id)).toMatchObject({ status: 'PAUSED', iterationCount: 1 })
    await pass(60_000)
    expect(far.sent).toHaveLength(1)
    expect(await engine.command(id, 'now', 'x')).toMatchObject({ kind: 'refused' })
    await engine.command(id, 'resume', 'x')
    await settle()
    expect(far.sent).toHaveLength(2)
  })

  it('is changed once the attempt in flight has ended, and asks by the new interval, after a restart too', async () => {
    const { engine, submit, pass, far, open } = await world()
    const id = await submit({ pollIntervalSeconds: 600 })
    const changing = engine.revise(id, { pollIntervalSeconds: 20, pollCount: 2 }, 'by a test')
    await settle()
    expect((await engine.get(id))?.task.pollIntervalSeconds).toBe(600)
    await far.answer('RUNNING')
    expect(await changing).toMatchObject({
      kind: 'done',
      poll: { task: { pollIntervalSeconds: 20 }, nextAttemptAt: new Date(START + 20_000).toISOString() },
    })
    const again = await open()
    await settle()
    expect((await again.get(id))?.task).toMatchObject({ pollIntervalSeconds: 20, pollCount: 2 })
    await pass(19_999)
    expect(far.sent).toHaveLength(1)
    await pass(1)
    await far.answer('RUNNING')
    expect((await engine.get(id))?.outcome).toBe('exhausted')
    expect(await engine.revise(id, { pollCount: 9 }, 'by a test')).toMatchObject({ kind: 'refused' })
    expect(await engine.revise('nobody', {}, 'by a test')).toEqual({ kind: 'unknown' })
  })

  it('asks at once when told to', async () => {
    const { engine, submit, far } = await world()
    const id = await submit({ initialDelaySeconds: 3600 })
    expect(far.sent).toHaveLength(0)
    await engine.command(id, 'now', 'x')
    await settle()
    expect(far.sent).toHaveLength(1)
  })

  it('goes on after a crash from what was kept, and makes only the attempt in flight once more', async () => {
    const { submit, far, pass, open } = await world()
    const id = await submit()
    await far.answer('RUNNING')
    await pass(10_000)
    expect(far.sent).toHaveLength(2)
    const restarted = await open()
    await settle()
    expect(far.sent).toHaveLength(3)
    expect(await restarted.get(id)).toMatchObject({ status: 'RUNNING', iterationCount: 1 })
  })

  it('spreads what is overdue after downtime', async () => {
    const { submit, far, pass, open, engine } = await world({ limits: { perOrigin: 1000, total: 1000 } })
    for (let i = 0; i < 100; i++) await submit({ url: `http://far.test/${i}`, initialDelaySeconds: 60 })
    await engine.stop(0)
    await pass(3_600_000)
    await open()
    await settle()
    expect(far.sent).toHaveLength(1)
    await pass(10)
    expect(far.sent).toHaveLength(21)
    await pass(40)
    expect(far.sent).toHaveLength(100)
  })

  it('gives the first answer again for the same key and text, and says where the text is another', async () => {
    const { engine, far } = await world()
    const submit = (text: string) =>
      engine.submit({ task: { url: 'http://far.test/' }, name: 'n', idempotency: { key: 'k', text } })
    const [first, second] = await Promise.all([submit('one'), submit('one')])
    expect(second).toEqual({ ...first, kind: 'repeated' })
    expect(await submit('other')).toEqual({ kind: 'key-reused' })
    await settle()
    expect(far.sent).toHaveLength(1)
  })

  it('takes no more polls than may wait', async () => {
    const { engine, submit, far } = await world({ maxOpen: 1 })
    await submit()
    const more = () => engine.submit({ task: { url: 'http://far.test/' }, name: null, idempotency: null })
    expect(await more()).toEqual({ kind: 'full', limit: 1 })
    await far.answer('FINISHED')
    expect(await more()).toMatchObject({ kind: 'accepted' })
  })

  it('lets an attempt in flight end when it stops, and begins none', async () => {
    const { engine, submit, far, open } = await world()
    const id = await submit()
    const stopped = engine.stop(1_000)
    await far.answer('FINISHED')
    await stopped
    expect(await (await open()).get(id)).toMatchObject({ status: 'COMPLETED' })
  })

  it('breaks an attempt off when the grace is over, without a change of the poll', async () => {
    const { engine, submit, open, pass } = await world()
    const id = await submit()
    const stopped = engine.stop(1_000)
    await pass(1_000)
    await stopped
    expect(await (await open()).get(id)).toMatchObject({ status: 'RUNNING', iterationCount: 0 })
  })

  it('tries again to keep an attempt while the store cannot be written, and is not ready meanwhile', async () => {
    const inner = memoryStore()
    let isFull = false
    const store: Store = {
      ...inner,
      change: async (change) => (isFull ? Promise.reject(new Error('disk full')) : inner.change(change)),
    }
    const { engine, submit, far, pass, problems } = await world({ store })
    const id = await submit()
    isFull = true
    await far.answer('FINISHED')
    expect([engine.isReady(), problems.length]).toEqual([false, 1])
    expect(await engine.get(id)).toMatchObject({ status: 'RUNNING' })
    isFull = false
    await pass(1_000)
    expect(engine.isReady()).toBe(true)
    expect(await engine.get(id)).toMatchObject({ status: 'COMPLETED' })
  })

  it('asks for no more than it can keep: a slow store holds up the asking, not the memory', async () => {
    const inner = memoryStore()
    const waiting: (() => void)[] = []
    const store: Store = {
      ...inner,
      change: (change) => new Promise((resolve) => waiting.push(() => resolve(inner.change(change)))),
    }
    const { submit, far } = await world({ store, limits: { perOrigin: 1, total: 1 } })
    for (let i = 0; i < 4; i++) await submit()
    await far.answer('x'.repeat(20_000_000))
    expect(far.sent).toHaveLength(2)
    await far.answer('x'.repeat(20_000_000))
    expect(far.sent).toHaveLength(2)
    waiting.shift()?.()
    waiting.shift()?.()
    await settle()
    expect(far.sent).toHaveLength(3)
  })

  it('forgets a poll some time after its end, not one that goes on', async () => {
    const { engine, submit, far, pass } = await world({ keepMs: 3_600_000 })
    const [ended, waiting] = [await submit(), await submit({ initialDelaySeconds: 86_400 })]
    await far.answer('FINISHED')
    await pass(3_600_000)
    expect(await engine.get(ended)).not.toBeNull()
    await pass(60_000)
    expect(await engine.get(ended)).toBeNull()
    expect(await engine.events(ended, { after: 0, limit: 5, kind: null })).toBeNull()
    expect(await engine.get(waiting)).toMatchObject({ status: 'RUNNING' })
  })

  it('tries a poll once and keeps nothing', async () => {
    const { engine, far } = await world()
    const trial = engine.tryOnce({ url: 'http://far.test/', exitCriteria: FINISHED })
    await settle()
    await far.answer('FAILED')
    expect(await trial).toMatchObject({
      outcome: 'failed',
      attempt: { verdict: 'failed', values: { status: '"FAILED"' } },
    })
    expect(await engine.list({ status: null, before: null, limit: 5 })).toEqual({ polls: [], next: null })
  })
})

describe('what a poll holds secret', () => {
  const secrets = [
    'tok-4711-secret',
    'key-0815-secret',
    'sig-2342-secret',
    'pass-9999-secret',
    'body-1234-secret',
  ]
  const [token, key, sig, password, payload] = secrets as [string, string, string, string, string]
  const task = {
    url: `http://user:${password}@far.test/job?sig=${sig}`,
    headers: { Authorization: `Bearer ${token}`, 'X-Corp': key, Accept: 'text/json' },
    payload: `{"p":"${payload}"}`,
    exitCriteria: { success: 'status == "done"' },
  }

  it('is in nothing that is shown, and in nothing that is kept', async () => {
    const inner = memoryStore()
    const kept: unknown[] = []
    const noting = <T>(value: T): T => {
      kept.push(value)
      return value
    }
    const store: Store = {
      ...inner,
      submit: (submission) => inner.submit(noting(submission)),
      change: (change) => inner.change(noting(change)),
      repeat: (repeat) => inner.repeat(noting(repeat)),
    }
    const { engine, submit, far, pass } = await world({ store })
    const id = await submit(task)
    const again = `echoed ${token} ${key} ${sig} ${password}`
    await far.answer(again)
    await pass(60_000)
    await far.answer(again)
    expect(kept.at(-1)).toMatchObject({ data: expect.stringContaining('"iteration":2') })
    await engine.command(id, 'cancel', 'x')
    const shown = JSON.stringify([
      await engine.get(id),
      await engine.list({ status: null, before: null, limit: 5 }),
      await engine.events(id, { after: 0, limit: 10, kind: null }),
    ])
    const bytes = kept.map((value) =>
      JSON.stringify(value, (_, part) =>
        part?.type === 'Buffer' || part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : part,
      ),
    )
    expect(shown).toContain('echoed')
    expect(shown).toContain('text/json')
    for (const secret of secrets) {
      expect(shown).not.toContain(secret)
      expect(bytes.join()).not.toContain(secret)
    }
  })
})
