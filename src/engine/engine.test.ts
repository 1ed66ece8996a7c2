import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, NewPoll } from './engine.ts'
import { ENGINE_KINDS, type EngineKind, type EngineWorld, type WorldOptions } from './engine-worlds.ts'
import { hasRestateProgram } from './restate/local-cluster.ts'

const FINISHED = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }
const EVENTS = { after: 0, limit: 50, kind: null }
const ALL = { status: null, before: null, limit: 5 }

if (!hasRestateProgram())
  it.skip(`over Restate: NOT TRIED, since Restate has no server for ${process.platform} on ${process.arch}`, () => {})

/** What every engine does: the same cases, in the time of each. */
describe.each(ENGINE_KINDS)('an engine $name', ({ start }) => {
  let kind: EngineKind
  beforeAll(async () => {
    kind = await start()
  }, 90_000)
  afterAll(() => kind?.close(), 30_000)

  const inWorld =
    (work: (world: World) => Promise<void>, options: WorldOptions = {}) =>
    async () => {
      const world = await kind.open(options)
      try {
        await work({ ...world, ...handsOf(world) })
      } finally {
        await world.close()
      }
    }

  it(
    'asks when a poll is due, until its conditions decide',
    inWorld(async ({ engine, submit, far, ended }) => {
      const id = await submit({ name: 'nightly' })
      await far.answer('RUNNING')
      await far.answer('FINISHED')
      expect(await ended(id)).toMatchObject({
        name: 'nightly',
        status: 'COMPLETED',
        outcome: 'succeeded',
        iterationCount: 2,
        nextAttemptAt: null,
        observed: { '200 pending': 1, '200 succeeded': 1 },
        output: { status: 'COMPLETED', iterationCount: 2, responseJson: { status: 'FINISHED' } },
      })
      const events = await engine.events(id, EVENTS)
      expect(events?.map(({ number, kind }) => [number, kind])).toEqual([
        [1, 'submitted'],
        [2, 'attempt'],
        [3, 'attempt'],
        [4, 'ended'],
      ])
      expect(JSON.parse(events?.[1]?.data ?? '')).toMatchObject({
        iteration: 1,
        verdict: 'pending',
        code: 200,
      })
    }),
  )

  it(
    'ends a poll by its failure condition, its count and its time',
    inWorld(async ({ submit, far, ended }) => {
      const failing = await submit()
      await far.answer('FAILED')
      expect(await ended(failing)).toMatchObject({ status: 'FAILED', outcome: 'failed' })
      const counted = await submit({ pollCount: 2 })
      await far.answer('RUNNING')
      await far.answer('RUNNING')
      expect(await ended(counted)).toMatchObject({ outcome: 'exhausted', iterationCount: 2 })
      const timed = await submit({ timeoutSeconds: 0.1, pollIntervalSeconds: 60 })
      await far.answer('RUNNING')
      expect(['timed-out']).toContain((await ended(timed, () => far.answerAll())).outcome)
    }),
  )

  it(
    'says how much there is to do',
    inWorld(async ({ engine, submit, until }) => {
      const [a] = [await submit({ initialDelaySeconds: 600 }), await submit({ initialDelaySeconds: 600 })]
      const before = await engine.load()
      await engine.command(a, 'pause', 'by a test')
      await until(async () => (await engine.load())?.paused === (before?.paused ?? 0) + 1)
      expect((await engine.load())?.open).toBe(before?.open)
      await engine.command(a, 'cancel', 'by a test')
      await until(async () => (await engine.load())?.open === (before?.open ?? 0) - 1)
    }),
  )

  it(
    'asks what is due sooner before what is due later',
    inWorld(async ({ submit, far, until }) => {
      await submit({ url: 'http://far.test/later', initialDelaySeconds: 0.8 })
      await submit({ url: 'http://far.test/sooner', initialDelaySeconds: 0.2 })
      await until(() => far.sent.length === 2)
      expect(far.sent).toEqual(['http://far.test/sooner', 'http://far.test/later'])
    }),
  )

  it(
    'makes so many attempts at a time to one origin, and lets another origin pass',
    inWorld(
      async ({ submit, far, until }) => {
        for (let i = 0; i < 4; i++) await submit({ url: `http://a.test/${i}` })
        await until(() => far.sent.length === 2)
        await submit({ url: 'http://b.test/' })
        await until(() => far.sent.length === 3)
        expect(far.sent[2]).toBe('http://b.test/')
        for (let i = 0; i < 5; i++) await far.answer('FINISHED')
        expect(new Set(far.sent).size).toBe(5)
        expect(far.most()).toBe(3)
      },
      { limits: { perOrigin: 2, total: 3 } },
    ),
  )

  it(
    'cancels a poll that waits, and one whose attempt is in flight',
    inWorld(async ({ engine, submit, far, until }) => {
      const waiting = await submit({ initialDelaySeconds: 3600 })
      const flying = await submit()
      await until(() => far.sent.length === 1)
      for (const id of [waiting, flying]) {
        const result = await engine.command(id, 'cancel', 'by a person')
        expect(result).toMatchObject({ kind: 'done', poll: { status: 'CANCELED', outcome: 'cancelled' } })
        const events = await engine.events(id, { ...EVENTS, after: 1 })
        expect(events?.map(({ kind }) => kind)).toEqual(['ended'])
      }
      expect(await engine.command(waiting, 'cancel', 'again')).toMatchObject({ kind: 'done' })
      expect(await engine.command(waiting, 'pause', 'x')).toMatchObject({ kind: 'refused' })
      expect(await engine.command('nobody', 'pause', 'x')).toEqual({ kind: 'unknown' })
      expect(far.sent).toHaveLength(1)
    }),
  )

  it(
    'asks nothing while paused, keeps the answer that was on its way, and goes on when resumed',
    inWorld(async ({ engine, submit, far, until, get }) => {
      const id = await submit({ pollIntervalSeconds: 0.05 })
      await until(() => far.sent.length === 1)
      expect(await engine.command(id, 'pause', 'x')).toMatchObject({
        kind: 'done',
        poll: { status: 'PAUSED', nextAttemptAt: null },
      })
      await far.answer('RUNNING')
      await until(async () => (await get(id)).iterationCount === 1 && (await get(id)).status === 'PAUSED')
      const other = await submit({ initialDelaySeconds: 0.3 })
      await until(() => far.sent.length === 2)
      expect((await get(id)).status).toBe('PAUSED')
      expect(await engine.command(id, 'now', 'x')).toMatchObject({ kind: 'refused' })
      await far.answer('FINISHED')
      await engine.command(id, 'resume', 'x')
      await far.answer('FINISHED')
      await until(async () => (await get(id)).status === 'COMPLETED')
      expect((await get(other)).status).toBe('COMPLETED')
      const kinds = (await engine.events(id, EVENTS))?.map(({ kind }) => kind) ?? []
      expect(kinds.sort()).toEqual(['attempt', 'attempt', 'ended', 'paused', 'resumed', 'submitted'])
    }),
  )

  it(
    'asks at once when told to, and no second time when the wait would have been over',
    inWorld(async ({ engine, submit, far, ended }) => {
      const id = await submit({ initialDelaySeconds: 0.5 })
      const other = await submit({ initialDelaySeconds: 1, url: 'http://far.test/other' })
      expect(await engine.command(id, 'now', 'x')).toMatchObject({ kind: 'done' })
      await far.answer('FINISHED')
      expect(await ended(id)).toMatchObject({ outcome: 'succeeded', iterationCount: 1 })
      await far.answer('FINISHED')
      await ended(other)
      expect(far.sent).toEqual(['http://far.test/job', 'http://far.test/other'])
    }),
  )

  it(
    'goes on by a task that was changed while it waits, and refuses a change that does not fit',
    inWorld(async ({ engine, submit, far, ended }) => {
      const id = await submit({ initialDelaySeconds: 3600, pollCount: 9 })
      expect(await engine.revise(id, { pollCount: 1, pollIntervalSeconds: 0.1 }, 'x')).toMatchObject({
        kind: 'done',
        poll: { task: { pollCount: 1, pollIntervalSeconds: 0.1 } },
      })
      await expect(engine.revise(id, { pollCount: 0 }, 'x')).rejects.toMatchObject({ code: 'invalid-task' })
      await engine.command(id, 'now', 'x')
      await far.answer('RUNNING')
      expect(await ended(id)).toMatchObject({ outcome: 'exhausted', iterationCount: 1 })
      expect(await engine.revise(id, { pollCount: 5 }, 'x')).toMatchObject({ kind: 'refused' })
      expect(await engine.revise('nobody', { pollCount: 5 }, 'x')).toEqual({ kind: 'unknown' })
      const kinds = (await engine.events(id, EVENTS))?.map(({ kind }) => kind)
      expect(kinds).toEqual(['submitted', 'changed', 'asked-now', 'attempt', 'ended'])
    }),
  )

  it(
    'gives the first answer again for the same key and text, and says where the text is another',
    inWorld(async ({ engine, far, until }) => {
      const key = `k-${kind.name}`
      const submit = (text: string) =>
        engine.submit({ task: { url: 'http://far.test/' }, name: 'n', idempotency: { key, text } })
      const [first, second] = await Promise.all([submit('one'), submit('one')])
      const [accepted, repeated] = first.kind === 'accepted' ? [first, second] : [second, first]
      expect(repeated).toEqual({ ...accepted, kind: 'repeated' })
      expect(await submit('other')).toEqual({ kind: 'key-reused' })
      await until(() => far.sent.length > 0)
      await far.answer('FINISHED')
      expect(await submit('one')).toEqual(repeated)
      expect(far.sent).toHaveLength(1)
    }),
  )

  it(
    'refuses a task that is wrong before it keeps anything',
    inWorld(async ({ engine }) => {
      const wrong = { task: { url: 'ftp://far.test' }, name: null, idempotency: null }
      await expect(engine.submit(wrong)).rejects.toMatchObject({ code: 'invalid-task' })
      await expect(
        engine.submit({ ...wrong, task: { url: 'http://far.test', exitCriteria: { success: '((' } } }),
      ).rejects.toMatchObject({ problems: [{ path: 'exitCriteria.success' }] })
    }),
  )

  it(
    'lists newest first, page by page and by status',
    inWorld(async ({ engine, submit, far, ended }) => {
      const ids = []
      for (let i = 0; i < 3; i++) ids.unshift(await submit({ initialDelaySeconds: 3600 }))
      const first = await engine.list({ ...ALL, limit: 2 })
      expect(first.polls.map(({ id }) => id)).toEqual(ids.slice(0, 2))
      const second = await engine.list({ ...ALL, limit: 2, before: first.next })
      expect(second.polls[0]?.id).toBe(ids[2])
      await engine.command(ids[1] as string, 'pause', 'x')
      const done = await submit()
      await far.answer('FINISHED')
      await ended(done)
      const paused = await engine.list({ ...ALL, status: 'PAUSED', limit: 1 })
      expect(paused.polls.map(({ id }) => id)).toEqual([ids[1]])
      const completed = await engine.list({ ...ALL, status: 'COMPLETED', limit: 1 })
      expect(completed.polls.map(({ id }) => id)).toEqual([done])
    }),
  )

  it(
    'gives events after a number, of one kind, and none of a poll that is not there',
    inWorld(async ({ engine, submit, far, ended }) => {
      const id = await submit({ pollIntervalSeconds: 0.05 })
      await far.answer('RUNNING')
      await far.answer('FINISHED')
      await ended(id)
      const attempts = await engine.events(id, { after: 2, limit: 5, kind: 'attempt' })
      expect(attempts?.map(({ number }) => number)).toEqual([3])
      const limited = await engine.events(id, { after: 1, limit: 2, kind: null })
      expect(limited?.map(({ number }) => number)).toEqual([2, 3])
      expect(await engine.events('nobody', EVENTS)).toBeNull()
      expect(await engine.get('nobody')).toBeNull()
    }),
  )

  it(
    'keeps of attempts alike the first and the last, and counts on',
    inWorld(async ({ engine, submit, far, ended }) => {
      const id = await submit({ pollIntervalSeconds: 0.05 })
      for (let i = 0; i < 4; i++) await far.answer('RUNNING')
      await far.answer('FINISHED')
      await ended(id)
      const events = await engine.events(id, EVENTS)
      expect(events?.map(({ number, kind, folded }) => [number, kind, folded])).toEqual([
        [1, 'submitted', 0],
        [2, 'attempt', 0],
        [5, 'attempt', 2],
        [6, 'attempt', 0],
        [7, 'ended', 0],
      ])
    }),
  )

  it(
    'tells who watches a poll of what happened to it, until he leaves',
    inWorld(async ({ engine, submit, far, until, get }) => {
      const [id, other] = [await submit(), await submit({ initialDelaySeconds: 3600 })]
      let heard = 0
      const leave = engine.watch(id, () => heard++)
      await until(() => far.sent.length === 1)
      await far.answer('FINISHED')
      await until(async () => heard > 0 && (await get(id)).status === 'COMPLETED')
      leave()
      const before = heard
      await engine.command(other, 'cancel', 'x')
      expect(heard).toBe(before)
    }),
  )

  it(
    'forgets a poll some time after its end, not one that goes on',
    inWorld(
      async ({ engine, submit, far, until }) => {
        const [ended, waiting] = [await submit(), await submit({ initialDelaySeconds: 86_400 })]
        await far.answer('FINISHED')
        await until(async () => (await engine.get(ended)) === null)
        expect(await engine.events(ended, EVENTS)).toBeNull()
        expect(await engine.get(waiting)).toMatchObject({ status: 'RUNNING' })
      },
      { keepMs: 500 },
    ),
  )

  it(
    'shows another process all that was answered',
    inWorld(async ({ submit, another }) => {
      const id = await submit({ initialDelaySeconds: 3600 })
      expect(await (await another()).get(id)).toMatchObject({ id, status: 'RUNNING' })
    }),
  )

  it(
    'tries a poll once and keeps nothing',
    inWorld(async ({ engine, far }) => {
      const before = await engine.list(ALL)
      const trial = engine.tryOnce({ url: 'http://far.test/', exitCriteria: FINISHED })
      await far.answer('FAILED')
      expect(await trial).toMatchObject({
        outcome: 'failed',
        attempt: { verdict: 'failed', values: { status: '"FAILED"' } },
      })
      expect(await engine.list(ALL)).toEqual(before)
    }),
  )

  it(
    'shows no secret of a poll, and keeps none that can be read',
    inWorld(async ({ engine, submit, far, until, kept, get }) => {
      const secrets = [
        'tok-4711-secret',
        'key-0815-secret',
        'sig-2342-secret',
        'pass-9999-secret',
        'body-1234-secret',
      ]
      const [token, key, sig, password, payload] = secrets as [string, string, string, string, string]
      const id = await submit({
        name: 'plain-to-see',
        url: `http://user:${password}@far.test/job?sig=${sig}`,
        headers: { Authorization: `Bearer ${token}`, 'X-Corp': key, Accept: 'text/json' },
        payload: `{"p":"${payload}"}`,
        pollIntervalSeconds: 0.05,
      })
      await far.answer(`echoed ${secrets.slice(0, 4).join(' ')}`)
      await until(async () => (await get(id)).iterationCount === 1)
      await engine.command(id, 'cancel', 'x')
      const shown = JSON.stringify([await get(id), await engine.list(ALL), await engine.events(id, EVENTS)])
      expect(shown).toContain('echoed')
      expect(shown).toContain('text/json')
      const bytes = await kept()
      if (bytes.length > 0) expect(bytes.includes('plain-to-see')).toBe(true)
      for (const secret of secrets) {
        expect(shown).not.toContain(secret)
        expect(bytes.includes(secret)).toBe(false)
      }
    }),
  )
})

type World = EngineWorld & ReturnType<typeof handsOf>

function handsOf({ engine, until }: EngineWorld) {
  const get = async (id: string) => {
    const poll = await engine.get(id)
    if (poll === null) throw new Error(`there is no poll ${id}`)
    return poll
  }
  return {
    get,
    async submit({ name = null, ...task }: { name?: NewPoll['name']; [key: string]: unknown } = {}) {
      const job = { url: 'http://far.test/job', exitCriteria: FINISHED, pollIntervalSeconds: 0.1, ...task }
      const result: Awaited<ReturnType<Engine['submit']>> = await engine.submit({
        task: job,
        name,
        idempotency: null,
      })
      if (result.kind !== 'accepted') throw new Error(result.kind)
      return result.poll.id
    },
    async ended(id: string, meanwhile: () => void = () => {}) {
      await until(async () => {
        meanwhile()
        return (await get(id)).endedAt !== null
      })
      return get(id)
    },
  }
}
