import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BideError } from '../core/errors.ts'
import { memoryStore } from './memory-store.ts'
import { openDatabase } from './sqlite/database.ts'
import { migrate } from './sqlite/migrate.ts'
import { MIGRATIONS } from './sqlite/migrations.ts'
import { sqliteStore } from './sqlite/sqlite-store.ts'
import type { ListQuery, Store, StoredEvent, StoredRun } from './store.ts'
import { threadedStore } from './thread/threaded-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'bide-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = () => join(folder, `${++files}.db`)

const open: Store[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
function kept(store: Store): Store {
  open.push(store)
  return store
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const poll = (id: string, changed: Partial<StoredRun> = {}): StoredRun => ({
  id,
  kind: 'poll',
  name: null,
  status: 'RUNNING',
  origin: 'http://127.0.0.1:1',
  executionIndex: null,
  createdAt: 1000.5,
  dueAt: 2000.25,
  endedAt: null,
  task: bytes('task'),
  state: bytes('state'),
  ...changed,
})
const event = (number: number, kind = 'attempt'): StoredEvent => ({
  number,
  kind,
  at: 5.5,
  data: `{"n":${number}}`,
  folded: 0,
})
const added = (store: Store, ...polls: StoredRun[]) =>
  Promise.all(polls.map((p) => store.submit({ run: p, events: [], idempotency: null })))
const any: ListQuery = { kind: null, status: null, name: null, text: null, before: null, limit: 9 }
const plain = (found: StoredRun | null) =>
  found && { ...found, task: Buffer.from(found.task).toString(), state: Buffer.from(found.state).toString() }

/** Beside the packages, where what is not bundled is found. */
const threadFile = fileURLToPath(new URL(`../../node_modules/.cache/bide/${process.pid}.js`, import.meta.url))
beforeAll(async () => {
  const entryPoints = [fileURLToPath(new URL('thread/store-thread.ts', import.meta.url))]
  const external = ['libsql']
  await build({ entryPoints, outfile: threadFile, bundle: true, platform: 'node', format: 'cjs', external })
})
afterAll(() => rmSync(threadFile))
const onThread = (file: string) => threadedStore(file, pathToFileURL(threadFile))

describe.each([
  ['memory', async () => memoryStore()],
  ['sqlite', async () => sqliteStore(newFile())],
  ['sqlite on a thread', async () => onThread(newFile())],
] as const)('the contract of a store: %s', (_, create) => {
  it('gives back what was submitted, and null for what was not', async () => {
    const store = kept(await create())
    await added(store, poll('a', { name: 'a name' }))
    expect(plain(await store.get('a'))).toMatchObject(plain(poll('a', { name: 'a name' }))!)
    expect(await store.get('b')).toBeNull()
  })

  it('keeps a poll that has no state yet', async () => {
    const store = kept(await create())
    await added(store, poll('a', { state: new Uint8Array(0) }))
    expect(plain(await store.get('a'))).toMatchObject({ state: '' })
  })

  it('changes a poll and adds its events, each of them once', async () => {
    const store = kept(await create())
    await store.submit({ run: poll('a'), events: [event(1, 'submitted')], idempotency: null })
    const change = { id: 'a', status: 'FAILED', dueAt: null, endedAt: 7, state: bytes('new') } as const
    await store.change({ ...change, events: [event(2)] })
    await store.change({ ...change, events: [event(2), event(3, 'ended')] })
    expect(plain(await store.get('a'))).toMatchObject({
      status: 'FAILED',
      endedAt: 7,
      dueAt: null,
      state: 'new',
      task: 'task',
    })
    const all = { after: 0, limit: 10, kind: null }
    expect(await store.events('a', all)).toEqual([event(1, 'submitted'), event(2), event(3, 'ended')])
    expect(await store.events('a', { ...all, after: 1, limit: 1 })).toEqual([event(2)])
    expect(await store.events('a', { ...all, kind: 'attempt' })).toEqual([event(2)])
    expect(await store.get('a')).toMatchObject({ lastEvent: 3, folded: 0, endsFolding: false })
  })

  it('keeps answers of attempts beside their events, and finds the last one up to an event', async () => {
    const store = kept(await create())
    await store.submit({ run: poll('a'), events: [event(1, 'submitted')], idempotency: null })
    const change = { id: 'a', status: 'RUNNING', dueAt: 9, endedAt: null, state: bytes('new') } as const
    const answer = (text: string) => ({ answer: bytes(text), body: null })
    await store.change({ ...change, events: [{ ...event(2), answer: answer('first') }] })
    await store.change({ ...change, events: [event(3)], folds: true })
    await store.change({ ...change, events: [event(4)], folds: true })
    await store.change({ ...change, events: [{ ...event(5), answer: answer('none') }] })
    const found = async (number: number) => {
      const answer = await store.answer('a', number)
      return answer && [answer.number, Buffer.from(answer.answer).toString()]
    }
    expect(await Promise.all([1, 2, 4, 5, 9].map(found))).toEqual([
      null,
      [2, 'first'],
      [2, 'first'],
      [5, 'none'],
      [5, 'none'],
    ])
    expect(await store.answer('b', 9)).toBeNull()
    expect(await store.events('a', { after: 1, limit: 1, kind: null })).toEqual([event(2)])
  })

  it('keeps a body that comes again once, whichever runs it comes to, until the last of them is removed', async () => {
    const store = kept(await create())
    for (const id of ['a', 'b']) await store.submit({ run: poll(id), events: [event(1)], idempotency: null })
    const add = (id: string, number: number, name: string, text: string) => {
      const answer = { answer: bytes(`${number}`), body: { name, sealed: bytes(text) } }
      const row = {
        id,
        status: 'FAILED',
        dueAt: null,
        endedAt: id === 'a' ? 5 : 6,
        state: bytes('s'),
      } as const
      return store.change({ ...row, events: [{ ...event(number), answer }] })
    }
    await add('a', 2, 'up', 'is up')
    await add('a', 3, 'down', 'is down')
    await add('a', 4, 'up', 'is up, as before')
    await add('b', 2, 'up', 'is up elsewhere')
    const found = async (id: string, number: number) => {
      const answer = await store.answer(id, number)
      if (answer === null || answer.body === null) return null
      const { runId, sealed } = answer.body
      return [Buffer.from(answer.answer).toString(), runId, Buffer.from(sealed).toString()]
    }
    expect(await found('a', 2)).toEqual(['2', 'a', 'is up'])
    expect(await found('a', 3)).toEqual(['3', 'a', 'is down'])
    expect(await found('a', 4)).toEqual(['4', 'a', 'is up'])
    expect(await found('b', 2)).toEqual(['2', 'a', 'is up'])
    await store.removeEnded({ before: 6, limit: 9 })
    expect(await found('b', 2)).toEqual(['2', 'a', 'is up'])
    await store.removeEnded({ before: 7, limit: 9 })
    await store.submit({ run: poll('c'), events: [event(1)], idempotency: null })
    await add('c', 2, 'up', 'is up again')
    expect(await found('c', 2)).toEqual(['2', 'c', 'is up again'])
  })

  it('keeps of attempts that fold the last, which says how many it stands for', async () => {
    const store = kept(await create())
    await store.submit({ run: poll('a'), events: [event(1, 'submitted')], idempotency: null })
    const change = { id: 'a', status: 'RUNNING', dueAt: 9, endedAt: null, state: bytes('new') } as const
    const add = (number: number, folds: boolean, kind = 'attempt') =>
      store.change({ ...change, events: [event(number, kind)], folds })
    const events = async (after = 0, kind: string | null = null) =>
      (await store.events('a', { after, limit: 9, kind })).map(({ number, kind, folded }) => [
        number,
        kind,
        folded,
      ])
    await add(2, false)
    await add(3, true)
    expect(await store.get('a')).toMatchObject({ lastEvent: 3, folded: 0, endsFolding: true })
    await add(4, true)
    await add(5, true)
    await add(5, true)
    expect(await store.get('a')).toMatchObject({ lastEvent: 5, folded: 2, endsFolding: true })
    const first = [1, 'submitted', 0]
    expect(await events()).toEqual([first, [2, 'attempt', 0], [5, 'attempt', 2]])
    await add(6, false, 'paused')
    await add(7, true)
    expect(await store.get('a')).toMatchObject({ lastEvent: 7, folded: 2, endsFolding: true })
    expect(await events()).toEqual([
      first,
      [2, 'attempt', 0],
      [5, 'attempt', 2],
      [6, 'paused', 0],
      [7, 'attempt', 0],
    ])
    expect(await events(6)).toEqual([[7, 'attempt', 0]])
    expect(await events(2, 'attempt')).toEqual([
      [5, 'attempt', 2],
      [7, 'attempt', 0],
    ])
    expect(await events(2, 'paused')).toEqual([[6, 'paused', 0]])
    expect(await store.events('a', { after: 0, limit: 1, kind: null })).toEqual([event(1, 'submitted')])
    expect(await store.events('a', { after: 6, limit: 1, kind: null })).toEqual([event(7)])
  })

  it('keeps an attempt like the one before without a state, and gives back the line that the state follows from', async () => {
    const store = kept(await create())
    await store.submit({ run: poll('a'), events: [event(1, 'submitted')], idempotency: null })
    const row = { id: 'a', status: 'RUNNING', endedAt: null } as const
    await store.change({ ...row, dueAt: 8, state: bytes('new'), events: [event(2)] })
    expect(await store.get('a')).toMatchObject({ tail: null })
    const repeat = (number: number, dueAt: number) => store.repeat({ id: 'a', dueAt, ...event(number) })
    await repeat(3, 9)
    await repeat(4, 10)
    await repeat(4, 10)
    const found = { state: 'new', dueAt: 10, tail: event(4).data, lastEvent: 4, folded: 1, task: 'task' }
    expect(plain(await store.get('a'))).toMatchObject(found)
    const [listed] = (await store.list(any)).runs
    expect(plain(listed!)).toMatchObject({ state: 'new', dueAt: 10, tail: event(4).data })
    expect(await store.due({ after: null, until: 10, limit: 9 })).toMatchObject([{ id: 'a', dueAt: 10 }])
    await store.change({ ...row, dueAt: 11, state: bytes('newer'), events: [event(5)] })
    expect(plain(await store.get('a'))).toMatchObject({ state: 'newer', dueAt: 11, tail: null })
  })

  it('keeps changes in the order of asking, though nobody waits between them', async () => {
    const store = kept(await create())
    await added(store, poll('a'))
    const change = (dueAt: number) =>
      store.change({ id: 'a', status: 'RUNNING', dueAt, endedAt: null, state: bytes(`${dueAt}`), events: [] })
    await Promise.all(Array.from({ length: 1000 }, (_, i) => change(i)))
    expect(plain(await store.get('a'))).toMatchObject({ dueAt: 999, state: '999' })
  })

  it('takes an idempotency key once, and gives back what it was taken with', async () => {
    const store = kept(await create())
    const submit = (id: string, digest: string) =>
      store.submit({
        run: poll(id),
        events: [],
        idempotency: { key: 'k', digest, answer: `answer ${id}`, at: 3 },
      })
    const known = { kind: 'known', submission: { key: 'k', digest: 'x', answer: 'answer a', at: 3 } }
    expect(await Promise.all([submit('a', 'x'), submit('b', 'x')])).toEqual([{ kind: 'added' }, known])
    expect(await submit('c', 'y')).toEqual(known)
    expect([await store.get('b'), await store.get('c')]).toEqual([null, null])
  })

  it('lists newest first, page by page, and by status', async () => {
    const store = kept(await create())
    const status = (i: number) => (i % 2 ? 'PAUSED' : 'RUNNING')
    await added(store, ...[0, 1, 2, 3, 4].map((i) => poll(`p${i}`, { status: status(i) })))
    const ids = async (query: Partial<ListQuery>) =>
      (await store.list({ ...any, ...query })).runs.map(({ id }) => id)
    const { next } = await store.list({ ...any, limit: 2 })
    expect(await ids({ limit: 2 })).toEqual(['p4', 'p3'])
    expect(await ids({ before: next })).toEqual(['p2', 'p1', 'p0'])
    expect((await store.list({ ...any, before: next })).next).toBeNull()
    expect(await ids({ status: 'PAUSED', limit: 1 })).toEqual(['p3'])
  })

  it('lists polls and executions together, and finds them by kind, name, status and a part of their text', async () => {
    const store = kept(await create())
    const execution = { kind: 'execution', name: 'Image build', origin: '' } as const
    await added(store, poll('p1', { name: 'nightly_x', origin: 'https://ci.example.com' }))
    await added(store, poll('e1', { ...execution, executionIndex: 1, status: 'QUEUED' }))
    await added(store, poll('p2', { name: 'nightly%x' }), poll('e2', { ...execution, executionIndex: 2 }))
    await added(store, poll('e3', { ...execution, name: 'Other', executionIndex: 7 }))
    const ids = async (query: Partial<ListQuery>) =>
      (await store.list({ ...any, ...query })).runs.map(({ id }) => id)
    expect(await ids({})).toEqual(['e3', 'e2', 'p2', 'e1', 'p1'])
    expect(await ids({ kind: 'execution' })).toEqual(['e3', 'e2', 'e1'])
    expect(await ids({ kind: 'poll' })).toEqual(['p2', 'p1'])
    expect(await ids({ name: 'Image build' })).toEqual(['e2', 'e1'])
    expect(await ids({ name: 'Image build', status: 'QUEUED' })).toEqual(['e1'])
    expect(await ids({ text: 'IMAGE' })).toEqual(['e2', 'e1'])
    expect(await ids({ text: 'ly_x' })).toEqual(['p1'])
    expect(await ids({ text: 'CI.example' })).toEqual(['p1'])
    expect(await ids({ text: 'e', kind: 'poll' })).toEqual(['p1'])
    expect(await ids({ status: 'RUNNING', text: '2' })).toEqual(['e2', 'p2'])
    expect(plain(await store.get('e1'))).toMatchObject({ kind: 'execution', executionIndex: 1 })
    expect(await store.openExecutions()).toEqual([
      { id: 'e1', pipeline: 'Image build', status: 'QUEUED' },
      { id: 'e2', pipeline: 'Image build', status: 'RUNNING' },
      { id: 'e3', pipeline: 'Other', status: 'RUNNING' },
    ])
  })

  it('knows the greatest index of a pipeline, though that execution is gone', async () => {
    const store = kept(await create())
    const execution = { kind: 'execution', name: 'P', executionIndex: 3 } as const
    await added(store, poll('e', { ...execution, status: 'FAILED', endedAt: 1 }))
    await store.removeEnded({ before: 2, limit: 9 })
    expect(await store.get('e')).toBeNull()
    expect([await store.lastExecutionIndex('P'), await store.lastExecutionIndex('Q')]).toEqual([3, 0])
  })

  it('says what is due, in order, and goes on behind a place even where due times are the same', async () => {
    const store = kept(await create())
    await added(store, poll('c', { dueAt: 5 }), poll('a', { dueAt: 5 }), poll('b', { dueAt: 4 }))
    await added(store, poll('late', { dueAt: 6 }), poll('never', { dueAt: null, status: 'PAUSED' }))
    const first = await store.due({ after: null, until: 5, limit: 2 })
    expect(first.map(({ id, dueAt }) => [id, dueAt])).toEqual([
      ['b', 4],
      ['c', 5],
    ])
    const rest = await store.due({ after: first[1]!, until: 6, limit: 9 })
    expect(rest.map(({ id }) => id)).toEqual(['a', 'late'])
    expect(rest[0]!.origin).toBe('http://127.0.0.1:1')
  })

  it('removes what ended before, oldest first and so many at a time, and nothing else', async () => {
    const store = kept(await create())
    const ended = (id: string, endedAt: number) => poll(id, { status: 'FAILED', dueAt: null, endedAt })
    const idempotency = (key: string, at: number) => ({ key, digest: '', answer: '', at })
    await store.submit({ run: ended('a', 10), events: [event(1)], idempotency: idempotency('old', 9) })
    await store.submit({ run: ended('b', 20), events: [event(1)], idempotency: idempotency('new', 30) })
    await added(store, ended('c', 30), poll('open'))
    expect(await store.removeEnded({ before: 30, limit: 1 })).toEqual({ removed: 2 })
    const all = { after: 0, limit: 9, kind: null }
    expect([await store.get('a'), await store.events('a', all), await store.events('b', all)]).toEqual([
      null,
      [],
      [event(1)],
    ])
    expect(await store.removeEnded({ before: 30, limit: 9 })).toEqual({ removed: 1 })
    expect(await store.removeEnded({ before: 30, limit: 9 })).toEqual({ removed: 0 })
    const left = await store.list(any)
    expect(left.runs.map(({ id }) => id)).toEqual(['open', 'c'])
    const again = (key: string) =>
      store.submit({ run: poll(key), events: [], idempotency: idempotency(key, 40) })
    expect([(await again('old')).kind, (await again('new')).kind]).toEqual(['added', 'known'])
  })

  it('removes what ended first where more has ended than is to be kept', async () => {
    const store = kept(await create())
    const ended = (id: string, endedAt: number) => poll(id, { status: 'FAILED', dueAt: null, endedAt })
    await added(store, poll('open'), ended('c', 3), ended('a', 1), ended('d', 4), ended('b', 2))
    const ids = async () => (await store.list(any)).runs.map(({ id }) => id).sort()
    expect(await store.removeEnded({ before: 0, keep: 4, limit: 9 })).toEqual({ removed: 0 })
    expect(await store.removeEnded({ before: 0, keep: 1, limit: 2 })).toEqual({ removed: 2 })
    expect(await ids()).toEqual(['c', 'd', 'open'])
    expect(await store.removeEnded({ before: 0, keep: 1, limit: 2 })).toEqual({ removed: 1 })
    expect(await ids()).toEqual(['d', 'open'])
  })

  it('says how much room it takes, and that less is taken once something was removed', async () => {
    const store = kept(await create())
    const empty = (await store.stats()).bytes
    const large = new Uint8Array(100_000)
    await added(store, poll('a', { status: 'FAILED', dueAt: null, endedAt: 1, state: large }))
    const { bytes } = await store.stats()
    expect(bytes).toBeGreaterThan(empty + 90_000)
    await store.removeEnded({ before: 2, limit: 9 })
    expect((await store.stats()).bytes).toBeLessThan(bytes - 80_000)
  })

  it('counts what has not ended', async () => {
    const store = kept(await create())
    const open = ['RUNNING', 'PAUSED', 'QUEUED', 'PAUSING', 'ROLLING_BACK'] as const
    const over = ['COMPLETED', 'FAILED', 'CANCELED', 'ROLLBACK_COMPLETED', 'ROLLBACK_FAILED'] as const
    await added(store, ...open.map((status) => poll(status, { status })))
    await added(store, ...over.map((status) => poll(status, { status, endedAt: 1 })))
    expect(await store.countOpen()).toBe(5)
  })

  it('keeps in its catalog by shelf and name, the last that was put', async () => {
    const { catalog } = kept(await create())
    const entry = (name: string, text: string, updatedAt = 1.5) => ({ name, value: bytes(text), updatedAt })
    const shown = async (shelf: 'token' | 'variable') =>
      (await catalog.list(shelf)).map(({ name, value, updatedAt }) => [
        name,
        Buffer.from(value).toString(),
        updatedAt,
      ])
    await catalog.put('token', entry('b', '1'))
    await catalog.put('token', entry('a', '2'))
    await catalog.put('token', entry('b', '3', 2))
    await catalog.put('variable', entry('b', '4'))
    expect(await shown('token')).toEqual([
      ['a', '2', 1.5],
      ['b', '3', 2],
    ])
    expect(Buffer.from((await catalog.get('variable', 'b'))!.value).toString()).toBe('4')
    const seen = await catalog.get('token', 'a')
    expect([
      await catalog.replace('token', null, entry('a', '5')),
      await catalog.replace('token', null, entry('c', '5')),
      await catalog.replace('token', seen, entry('a', '6', 3)),
      await catalog.replace('token', seen, entry('a', '7')),
      await catalog.replace('token', seen, entry('d', '7')),
    ]).toEqual([false, true, true, false, false])
    expect((await shown('token')).map(([name, text]) => [name, text])).toEqual([
      ['a', '6'],
      ['b', '3'],
      ['c', '5'],
    ])
    expect([await catalog.remove('token', 'b'), await catalog.remove('token', 'b')]).toEqual([true, false])
    expect([await catalog.get('token', 'b'), (await shown('variable')).length]).toEqual([null, 1])
  })

  it('keeps who did what, newest first, until that is removed with the runs of its time', async () => {
    const store = kept(await create())
    const row = (at: number) => ({ at, who: 'ann', role: 'admin', what: 'POST /polls', which: null })
    for (const at of [1, 2, 3]) await store.audit.add(row(at))
    const first = await store.audit.list({ before: null, limit: 2 })
    expect(first.map(({ place: _, ...rest }) => rest)).toEqual([row(3), row(2)])
    const rest = await store.audit.list({ before: first[1]!.place, limit: 2 })
    expect(rest.map(({ at }) => at)).toEqual([1])
    expect(await store.removeEnded({ before: 3, limit: 1 })).toEqual({ removed: 1 })
    expect(await store.removeEnded({ before: 3, limit: 9 })).toEqual({ removed: 1 })
    expect((await store.audit.list({ before: null, limit: 9 })).map(({ at }) => at)).toEqual([3])
  })

  it('keeps the message of a poll until it has ended, then says that it is due, and until it is removed', async () => {
    const store = kept(await create())
    const submission = { events: [], idempotency: null }
    await store.submit({ ...submission, run: poll('a'), message: bytes('of a') })
    await store.submit({ ...submission, run: poll('b'), message: bytes('of b') })
    await added(store, poll('c'))
    const change = { status: 'FAILED', dueAt: null, state: bytes('s'), events: [] } as const
    const ids = async (until: number, limit = 9) =>
      (await store.outbox.due({ until, limit })).map(({ id, value }) => [id, Buffer.from(value).toString()])
    await store.change({ ...change, id: 'a', status: 'RUNNING', dueAt: 5, endedAt: null })
    expect(await ids(1e15)).toEqual([])
    await store.change({ ...change, id: 'b', endedAt: 7 })
    await store.change({ ...change, id: 'a', endedAt: 8 })
    await store.change({ ...change, id: 'c', endedAt: 8 })
    expect([await ids(6), await ids(8), await ids(8, 1)]).toEqual([
      [],
      [
        ['b', 'of b'],
        ['a', 'of a'],
      ],
      [['b', 'of b']],
    ])
    await store.outbox.put({ id: 'b', dueAt: 9, value: bytes('again') })
    await store.outbox.remove('a')
    expect([await ids(8), await ids(9)]).toEqual([[], [['b', 'again']]])
  })

  it('changes a task', async () => {
    const store = kept(await create())
    await added(store, poll('a'))
    const change = {
      id: 'a',
      status: 'RUNNING',
      dueAt: 1,
      endedAt: null,
      state: bytes('s'),
      events: [],
    } as const
    await store.change({ ...change, task: bytes('other') })
    await store.change(change)
    expect(plain(await store.get('a'))).toMatchObject({ task: 'other', state: 's' })
  })
})

describe('a store on a thread', () => {
  it('tells an error as it was told there', async () => {
    const file = newFile()
    kept(await onThread(file))
    const second = await onThread(file).catch((error: unknown) => error)
    expect(second).toBeInstanceOf(BideError)
    expect(second).toMatchObject({
      code: 'store',
      message: expect.stringContaining('is in use: another server has it open'),
      hint: 'stop that one first, or name another folder by --data',
    })
    const store = kept(await onThread(newFile()))
    await added(store, poll('a'))
    await expect(added(store, poll('a'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('nothing could be written: '),
    })
  })

  it('answers nothing more once it is closed, but with an error', async () => {
    const store = await onThread(newFile())
    await store.close()
    await expect(store.countOpen()).rejects.toThrow('the thread of the store has ended')
  })
})

describe('a file of SQLite', () => {
  it('has everything after it was closed and opened again', async () => {
    const file = newFile()
    const before = await sqliteStore(file)
    const unawaited = added(before, poll('a'))
    await before.close()
    await unawaited
    const after = kept(await sqliteStore(file))
    expect(plain(await after.get('a'))).toMatchObject(plain(poll('a'))!)
  })

  it('is not opened twice', async () => {
    const file = newFile()
    kept(await sqliteStore(file))
    await expect(sqliteStore(file)).rejects.toThrow(/is in use: another server has it open/)
  })

  it('keeps nothing of a group that fails, and tells everybody in it; the next group is whole again', async () => {
    const store = kept(await sqliteStore(newFile()))
    const results = await Promise.allSettled([added(store, poll('a')), added(store, poll('b'), poll('b'))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await store.get('a')).toBeNull()
    await added(store, poll('a'))
    expect(await store.get('a')).not.toBeNull()
  })

  it('of a newer version is refused with a sentence', async () => {
    const file = newFile()
    await (await sqliteStore(file)).close()
    const database = await openDatabase(file)
    database.exec('PRAGMA user_version=99')
    database.close()
    await expect(sqliteStore(file)).rejects.toThrow(/was written by a newer bide \(its version is 99/)
  })

  it('of another program is refused', async () => {
    const file = newFile()
    const database = await openDatabase(file)
    database.exec('CREATE TABLE things (a)')
    database.close()
    await expect(sqliteStore(file)).rejects.toThrow("is a database, but not one of bide's")
  })

  it('of the first version goes on where it stood, with its due time and its last attempt', async () => {
    const file = newFile()
    const database = await openDatabase(file)
    migrate(database, file, MIGRATIONS.slice(0, 1))
    database.exec(
      `INSERT INTO runs (id, kind, status, origin, created_at, due_at, task, state, last_event, folded, tail_at, tail_data, tail_folded)
       VALUES ('a', 'poll', 'RUNNING', 'http://127.0.0.1:1', 1, 5.5, x'01', x'02', 7, 4, 3.5, '{"n":7}', 4),
              ('b', 'poll', 'FAILED', 'http://127.0.0.1:1', 1, NULL, x'01', x'02', 2, 0, NULL, NULL, 0);`,
    )
    database.close()
    const store = kept(await sqliteStore(file))
    const kept7 = { dueAt: 5.5, lastEvent: 7, folded: 4, endsFolding: true, tail: '{"n":7}' }
    expect(await store.get('a')).toMatchObject(kept7)
    expect(await store.get('b')).toMatchObject({ dueAt: null, lastEvent: 2, endsFolding: false, tail: null })
    const tail = { number: 7, kind: 'attempt', at: 3.5, data: '{"n":7}', folded: 4 }
    expect(await store.events('a', { after: 0, limit: 9, kind: null })).toEqual([tail])
    expect(await store.due({ after: null, until: 6, limit: 9 })).toMatchObject([{ id: 'a', dueAt: 5.5 }])
  })

  it('of version 3 keeps each of the bodies that its runs had for themselves', async () => {
    const file = newFile()
    const database = await openDatabase(file)
    migrate(database, file, MIGRATIONS.slice(0, 3))
    database.exec(
      `INSERT INTO events (run_id, number, kind, at, data, folded, answer, body_name, body)
       VALUES ('a', 1, 'attempt', 1, '{}', 0, x'01', 'up', x'0a'), ('a', 2, 'attempt', 1, '{}', 0, x'02', 'up', NULL),
              ('b', 1, 'attempt', 1, '{}', 0, x'03', 'up', x'0b'), ('b', 2, 'attempt', 1, '{}', 0, x'04', NULL, NULL);`,
    )
    database.close()
    const store = kept(await sqliteStore(file))
    const found = async (id: string, number: number) => {
      const { runId, sealed } = (await store.answer(id, number))?.body ?? {}
      return sealed === undefined ? null : [runId, ...Buffer.from(sealed)]
    }
    expect(await Promise.all([found('a', 2), found('b', 1), found('b', 2)])).toEqual([
      ['a', 10],
      ['a', 10],
      null,
    ])
  })

  it('of an older version is copied, then migrated with all that it has', async () => {
    const file = newFile()
    const old = await sqliteStore(file)
    await added(old, poll('a'))
    await old.close()
    const database = await openDatabase(file)
    migrate(database, file, [...MIGRATIONS, 'ALTER TABLE runs ADD COLUMN owner TEXT;'])
    expect(database.prepare('SELECT id, owner FROM runs').all()).toMatchObject([{ id: 'a', owner: null }])
    database.close()
    const name = `${file.slice(folder.length + 1)}.version-${MIGRATIONS.length}.backup`
    expect(readdirSync(folder)).toContain(name)
    const copy = kept(await sqliteStore(join(folder, name)))
    expect((await copy.get('a'))?.id).toBe('a')
  })
})
