import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OPERATIONS } from './operations.ts'
import type { RunningServer } from './server.ts'
import { ask, post, quick, serversForTests, slow, statusOf } from './test-server.ts'
import { ROLES } from './tokens.ts'

const { start, stopAll, folder, far } = serversForTests()

describe('a poll over HTTP', () => {
  it('is taken, carried out, and shown as it ended', async () => {
    const server = await start()
    const { status, headers, json } = await post(server, '/polls', { name: 'a job', ...quick(far().job()) })
    expect([status, headers.get('location')]).toEqual([201, `/api/v1/polls/${json.id}`])
    expect(json).toMatchObject({
      name: 'a job',
      status: 'RUNNING',
      outcome: null,
      iterationCount: 0,
      output: null,
    })
    const ended = await ask(server, `/polls/${json.id}?wait=20s`)
    expect(ended.json).toMatchObject({
      id: json.id,
      status: 'COMPLETED',
      outcome: 'succeeded',
      iterationCount: 4,
      output: { status: 'COMPLETED', responseJson: { status: 'FINISHED' } },
    })
    expect(Object.keys(ended.json.output)).toHaveLength(11)
    const first = await ask(server, `/polls/${json.id}/attempts?limit=3`)
    const rest = await ask(server, `/polls/${json.id}/attempts?cursor=${first.json.next}`)
    const iterations = [...first.json.attempts, ...rest.json.attempts].map((entry) => entry.iteration)
    expect([iterations, rest.json.next]).toEqual([[1, 2, 3, 4], null])
  })

  it('shows each attempt with its answer, secrets masked, and one that folded with that of its like', async () => {
    const server = await start()
    const seen = (status: string) => ({ json: { status, token: 'a-secret-token' } })
    const url = far().route('/told', seen('A'), seen('A'), seen('A'), 'truncate', seen('B'), seen('DONE'))
    const poll = {
      url,
      headers: { Authorization: 'Bearer a-secret-token' },
      pollIntervalSeconds: 0.02,
      ignoreFailure: true,
      exitCriteria: { success: 'status == "DONE"' },
    }
    const { json } = await post(server, '/polls', poll)
    await ask(server, `/polls/${json.id}?wait=20s`)
    const attempt = async (iteration: number) =>
      (await ask(server, `/polls/${json.id}/attempts/${iteration}`)).json
    const masked = (status: string) => JSON.stringify({ status, token: '******' })
    expect(await attempt(1)).toMatchObject({
      attempt: { iteration: 1 },
      response: { code: 200, body: masked('A'), bodyLength: masked('A').length },
    })
    expect((await attempt(1)).response.headers['content-type']).toBe('application/json')
    expect(await attempt(2)).toMatchObject({
      attempt: { iteration: 3 },
      folded: 1,
      response: { body: masked('A') },
    })
    expect(await attempt(4)).toMatchObject({ attempt: { verdict: 'broken' }, response: null, isKept: true })
    expect((await attempt(5)).response.body).toBe(masked('B'))
    expect((await attempt(6)).response.body).toBe(masked('DONE'))
    expect((await ask(server, `/polls/${json.id}/attempts/7`)).status).toBe(404)
  })

  it('is asked beside as many others of its origin as are allowed', async () => {
    const AT_ONCE = 60
    const held: ServerResponse[] = []
    const holding = createServer((_, response) => {
      // Nobody is answered before all have asked.
      if (held.push(response) === AT_ONCE) for (const one of held) one.end('{"status":"FINISHED"}')
    })
    await once(holding.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(holding.address() as AddressInfo).port}`
    const server = await start({ limits: { perOrigin: AT_ONCE } })
    const ids = await Promise.all(
      Array.from(
        { length: AT_ONCE },
        async (_, i) => (await post(server, '/polls', slow(`${url}/${i}`))).json.id,
      ),
    )
    for (const id of ids) expect((await ask(server, `/polls/${id}?wait=20s`)).json.status).toBe('COMPLETED')
    holding.close()
  })

  it('keeps each answer of a server that says now this at length, now that', async () => {
    const server = await start()
    const seen = (status: string) => ({ json: { status, log: `${status} `.repeat(1000) } })
    const url = far().route('/flaps', seen('UP'), seen('DOWN'), seen('UP'), seen('DONE'))
    const poll = { url, pollIntervalSeconds: 0.02, exitCriteria: { success: 'status == "DONE"' } }
    const { json } = await post(server, '/polls', poll)
    await ask(server, `/polls/${json.id}?wait=20s`)
    for (const [index, status] of ['UP', 'DOWN', 'UP'].entries()) {
      const { attempt, response } = (await ask(server, `/polls/${json.id}/attempts/${index + 1}`)).json
      expect(attempt.iteration).toBe(index + 1)
      expect(response).toMatchObject({ code: 200, body: JSON.stringify(seen(status).json) })
    }
  })

  it('is refused with every field that does not fit, by its pointer', async () => {
    const server = await start()
    const bad = { url: 'ftp://x', pollCount: 0, headers: { 'a.b': 'x\ny' } }
    const { status, headers, json } = await post(server, '/polls', bad)
    expect([status, headers.get('content-type')]).toEqual([422, 'application/problem+json'])
    expect(json).toMatchObject({ type: 'urn:bide:problem:invalid-task', status: 422 })
    const pointers = json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()
    expect(pointers).toEqual(['/headers/a.b', '/pollCount'])
    const condition = await post(server, '/polls', { url: far().url, exitCriteria: { success: 'status ==' } })
    expect(condition.json.errors).toMatchObject([{ pointer: '/exitCriteria/success' }])
  })

  it('is accepted once for an Idempotency-Key, with the same answer for the same body', async () => {
    const server = await start()
    const body = slow(far().job())
    const [first, again] = [
      await post(server, '/polls', body, { 'idempotency-key': 'k' }),
      await post(server, '/polls', body, { 'idempotency-key': 'k' }),
    ]
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.json).toEqual(first.json)
    const other = await post(server, '/polls', { ...body, pollCount: 7 }, { 'idempotency-key': 'k' })
    expect([other.status, other.json.type]).toEqual([422, 'urn:bide:problem:idempotency-key-reused'])
    expect((await ask(server, '/polls')).json.polls).toHaveLength(1)
  })

  it('is taken with thousands of others, a line each, and what does not fit holds up none', async () => {
    const server = await start()
    const task = JSON.stringify(slow(far().job({ end: 'never' })))
    const lines = [
      ...Array.from({ length: 2500 }, () => task),
      '{"url":',
      '{"url":"ftp://x","pollCount":0}',
      '',
      task,
    ]
    const batch = (body: string, headers: object = {}) =>
      fetch(`${server.url}/api/v1/polls/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        body,
      })
    const answersOf = async (response: Response) =>
      (await response.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    const response = await batch(lines.join('\n'), { 'idempotency-key': 'k' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const answers = await answersOf(response)
    expect(answers.map(({ index }) => index)).toEqual([...Array(2502).keys(), 2503])
    expect(answers[2500]).toMatchObject({ problem: { status: 400, type: 'urn:bide:problem:invalid-json' } })
    const { problem } = answers[2501]
    expect([problem.status, problem.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      422,
      ['/pollCount'],
    ])
    const ids = answers.flatMap(({ id }) => (id === undefined ? [] : [id]))
    expect(new Set(ids).size).toBe(2501)
    expect((await ask(server, `/polls/${ids.at(-1)}`)).json).toMatchObject({ status: 'RUNNING' })
    const again = await answersOf(await batch(lines.join('\n'), { 'idempotency-key': 'k' }))
    expect(again).toEqual(answers)
    const changed = await answersOf(
      await batch(JSON.stringify(slow(far().job())), { 'idempotency-key': 'k' }),
    )
    expect(changed).toMatchObject([
      { index: 0, problem: { type: 'urn:bide:problem:idempotency-key-reused' } },
    ])
    const tooMany = await batch('{}\n'.repeat(10_001))
    expect([tooMany.status, ((await tooMany.json()) as { type: string }).type]).toEqual([
      413,
      'urn:bide:problem:too-many-lines',
    ])
  })

  it('is refused with a reason where the store has no room for it', async () => {
    const server = await start({ maxStoreBytes: 1 })
    const refused = await post(server, '/polls', { url: far().job() })
    expect([refused.status, refused.json.type]).toEqual([507, 'urn:bide:problem:store-full'])
    expect(refused.json.detail).toContain('--max-store-bytes is 1')
  })

  it('is listed with others, page by page and by status', async () => {
    const server = await start()
    for (const name of ['a', 'b', 'c']) await post(server, '/polls', { name, ...slow(far().job()) })
    const names = (answer: { json: { polls: { name: string }[] } }) =>
      answer.json.polls.map(({ name }) => name)
    const first = await ask(server, '/polls?limit=2')
    expect(names(first)).toEqual(['c', 'b'])
    const rest = await ask(server, `/polls?limit=2&cursor=${first.json.next}`)
    expect([names(rest), rest.json.next]).toEqual([['a'], null])
    await post(server, `/polls/${first.json.polls[0].id}/pause`)
    expect(names(await ask(server, '/polls?status=paused'))).toEqual(['c'])
    expect((await ask(server, '/polls?status=odd')).status).toBe(400)
  })

  it('obeys: pause, resume, now, cancel', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', { ...slow(far().job()), initialDelaySeconds: 3000 })
    const command = (name: string) => post(server, `/polls/${json.id}/${name}`)
    expect((await command('pause')).json).toMatchObject({ status: 'PAUSED', nextAttemptAt: null })
    expect((await command('now')).status).toBe(409)
    expect((await command('resume')).json.status).toBe('RUNNING')
    expect((await command('now')).status).toBe(200)
    expect((await command('cancel')).json).toMatchObject({ status: 'CANCELED', outcome: 'cancelled' })
    expect((await command('pause')).json.type).toBe('urn:bide:problem:wrong-state')
    expect((await post(server, '/polls/nobody/pause')).status).toBe(404)
  })

  it('is changed while it waits: what is left out stays, and all of it has to fit', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', { ...slow(far().job({ polls: 1 })), pollCount: 9 })
    const path = `/polls/${json.id}`
    await attemptsOf(server, path, 1)
    const patch = (body: unknown) => ask(server, path, { method: 'PATCH', body })
    const changed = await patch({ pollCount: 3, timeoutSeconds: 7200, exitCriteria: { pending: 'true' } })
    expect([changed.status, changed.json.task]).toMatchObject([
      200,
      {
        pollCount: 3,
        timeoutSeconds: 7200,
        pollIntervalSeconds: 3600,
        exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"', pending: 'true' },
      },
    ])
    expect(changed.json.last).toBeNull()
    for (const [body, pointer] of [
      [{ pollCount: 1 }, '/pollCount'],
      [{ url: 'http://127.0.0.1/' }, '/url'],
      [{ stallSeconds: 3 }, '/stallSeconds'],
      [{ exitCriteria: { success: 'status ==' } }, '/exitCriteria/success'],
    ] as const) {
      const { status, json } = await patch(body)
      expect([status, json.errors[0].pointer]).toEqual([422, pointer])
    }
    const faster = await patch({ pollIntervalSeconds: 0.01 })
    expect(faster.json.task.pollIntervalSeconds).toBe(0.01)
    expect((await ask(server, `${path}?wait=20s`)).json).toMatchObject({
      outcome: 'succeeded',
      iterationCount: 2,
    })
    expect((await patch({ pollCount: 9 })).status).toBe(409)
    expect((await ask(server, '/polls/nobody', { method: 'PATCH', body: {} })).status).toBe(404)
    const { entries } = (await ask(server, '/audit')).json
    expect(entries.map(({ what }: { what: string }) => what)).toEqual([
      'PATCH /polls/{id}',
      'PATCH /polls/{id}',
      'POST /polls',
    ])
  })

  it('is woken by its own token, asks at once, and decides by what it is answered', async () => {
    const server = await start({ tokensFile: tokensOf('runner') })
    const headers = { authorization: `Bearer ${TOKEN}` }
    const { json } = await post(server, '/polls', slow(far().job({ polls: 1 })), headers)
    const other = await post(server, '/polls', slow(far().job({ end: 'never' })), headers)
    const path = `/polls/${json.id}`
    await attemptsOf(server, path, 1, headers)
    const wake = (token: string, of = path) => post(server, `${of}/wake?token=${token}`)
    expect([(await wake('')).status, (await wake(other.json.wakeToken)).status]).toEqual([401, 401])
    expect((await post(server, `${path}/wake`, undefined, headers)).status).toBe(401)
    const woken = await post(server, `${path}/wake`, undefined, {
      authorization: `Bearer ${json.wakeToken}`,
    })
    expect([woken.status, woken.json]).toEqual([200, { id: json.id, status: 'RUNNING' }])
    const ended = await ask(server, `${path}?wait=20s`, { headers })
    expect(ended.json).toMatchObject({ outcome: 'succeeded', iterationCount: 2 })
    expect((await wake(json.wakeToken)).json).toEqual({ id: json.id, status: 'COMPLETED' })
    expect([ended.text, (await ask(server, '/polls', { headers })).text].join()).not.toContain(json.wakeToken)
    const again = `/polls/${other.json.id}`
    const codes = [await wake(other.json.wakeToken, again), await wake(other.json.wakeToken, again)]
    expect(codes.map(({ status }) => status)).toEqual([200, 429])
  })

  it('is tried once without being kept', async () => {
    const server = await start()
    const { status, json } = await post(server, '/polls/try', quick(far().job({ polls: 0 })))
    expect([status, json.outcome, json.attempt.verdict]).toEqual([200, 'succeeded', 'succeeded'])
    expect((await ask(server, '/polls')).json).toEqual({ polls: [], next: null })
  })

  it('tells what happens as it happens, numbered without a gap, and again from any number', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', quick(far().job()))
    const path = `${server.url}/api/v1/polls/${json.id}/events`
    const numbers = async (headers: Record<string, string>) => {
      const text = await (await fetch(path, { headers })).text()
      return [...text.matchAll(/^event: (.*)\ndata: (.*)\nid: (\d+)$/gm)].map(([, kind, data, id]) => {
        expect(JSON.parse(data!)).toMatchObject({ kind, number: Number(id) })
        return `${id} ${kind}`
      })
    }
    const all = ['1 submitted', '2 attempt', '3 attempt', '4 attempt', '5 attempt', '6 ended']
    expect(await numbers({})).toEqual(all)
    expect(await numbers({ 'last-event-id': '4' })).toEqual(all.slice(4))
    expect((await fetch(path, { headers: { 'last-event-id': '6' } })).status).toBe(204)
    expect((await fetch(`${server.url}/api/v1/polls/nobody/events`)).status).toBe(404)
  })

  it('has its secrets in no answer, and in no file', async () => {
    const secrets = ['Zx81-header-secret', 'Zx82-payload-secret', 'Zx83-query-secret']
    const dataFolder = join(folder, 'secret')
    const server = await start({ dataFolder })
    const url = `${far().route('/echo', { json: { echo: secrets[0] } })}?token=${secrets[2]}`
    const task = {
      url,
      headers: { Authorization: `Bearer ${secrets[0]}` },
      payload: secrets[1],
      method: 'POST',
    }
    const { json, text } = await post(server, '/polls', task)
    const shown = await Promise.all(
      ['', '?wait=9s', '/attempts', '/events'].map((part) =>
        fetch(`${server.url}/api/v1/polls/${json.id}${part}`).then((response) => response.text()),
      ),
    )
    const files = readdirSync(dataFolder).map((name) => readFileSync(join(dataFolder, name), 'latin1'))
    expect(far().requests.at(-1)).toMatchObject({
      body: secrets[1],
      headers: { authorization: `Bearer ${secrets[0]}` },
    })
    expect(shown.join()).toContain('"echo":"******"')
    for (const secret of secrets) expect([text, ...shown, ...files].join()).not.toContain(secret)
    expect(statSync(join(dataFolder, 'key')).mode & 0o777).toBe(0o600)
  })
})

describe('who may ask', () => {
  const token = TOKEN
  const tokens = tokensOf

  it('beyond loopback nothing starts without tokens', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow('so callers need tokens')
  })

  it('with tokens, nobody without one; and each as far as its role goes', async () => {
    const server = await start({ host: '0.0.0.0', tokensFile: tokens('viewer') })
    const local = { ...server, url: server.url.replace('0.0.0.0', '127.0.0.1') }
    const as = (shown: string) => ({ authorization: `Bearer ${shown}` })
    expect((await ask(local, '/polls')).status).toBe(401)
    expect((await ask(local, '/polls', { headers: as('another') })).status).toBe(401)
    expect((await ask(local, '/polls', { headers: as(token) })).status).toBe(200)
    const cancelled = await post(local, '/polls/x/cancel', undefined, as(token))
    expect([cancelled.status, cancelled.json.detail]).toEqual([
      403,
      'This token is of a viewer; a runner may do that.',
    ])
    expect((await fetch(`${local.url}/readyz`)).status).toBe(200)
  })

  it('a caller is named in what it cancelled', async () => {
    const server = await start({ tokensFile: tokens('runner') })
    const headers = { authorization: `Bearer ${token}` }
    const { json } = await post(server, '/polls', slow(far().job()), headers)
    expect((await post(server, `/polls/${json.id}/cancel`, undefined, headers)).json.message).toContain(
      'by tester',
    )
  })

  it('each operation is for those of its least role and above, and for no one else', async () => {
    expect(Object.fromEntries(OPERATIONS.map((one) => [nameOf(one), one.role]))).toEqual(LEAST_ROLES)
    const callers = ROLES.map((role) => ({ role, token: `token-of-${role}` }))
    const lines = callers.map(({ role, token }) => `${role} ${role} ${sha256(token)}`)
    const tokensFile = join(folder, 'tokens-of-all')
    writeFileSync(tokensFile, lines.join('\n'))
    const server = await start({ tokensFile })
    for (const operation of OPERATIONS) {
      const url = `${server.url}${operation.path.replaceAll(/:\w+/g, 'nobody')}`
      for (const { role, token } of [{ role: null, token: null }, ...callers]) {
        const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
        const response = await fetch(url, { method: operation.method.toUpperCase(), headers })
        const type = response.ok ? '' : await response.text()
        if (response.ok) await response.body?.cancel()
        const may = operation.role === 'anybody' || (role !== null && isAtLeast(role, operation.role))
        const isRefused = /urn:bide:problem:(no-token|not-allowed)"/.test(type)
        const refusal = isRefused ? response.status : null
        expect([nameOf(operation), role, refusal]).toEqual([
          nameOf(operation),
          role,
          may ? null : role === null ? 401 : 403,
        ])
      }
    }
  })

  it.each(['viewer tester', 'king tester x', 'viewer tester zz', ''])(
    '%j is no file of tokens',
    async (text) => {
      const path = join(folder, 'bad-tokens')
      writeFileSync(path, text)
      await expect(start({ tokensFile: path })).rejects.toThrow(/tokens/)
    },
  )

  it.each([
    ['a foreign Host', { host: 'evil.test' }, 421],
    ['a Host that only begins as ours', { host: '127.0.0.1.evil.test' }, 421],
    ['no Host of ours, though an address', { host: '10.0.0.1' }, 421],
    ['a page of another origin', { origin: 'https://evil.test' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a page elsewhere, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of a neighbour, as the browser says', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of its own, as the browser says', { 'sec-fetch-site': 'same-origin' }, 200],
    ['an address that was typed in', { 'sec-fetch-site': 'none' }, 200],
    ['a hundred headers', manyHeaders(98), 200],
    ['more than a hundred headers', manyHeaders(99), 431],
    ['headers that are too long', { 'x-long': 'x'.repeat(17 * 1024) }, 431],
    ['a Host that is ours', { host: 'localhost:4646' }, 200],
    ['a Host that was allowed', { host: 'bide.example.com' }, 200],
  ])('%s', async (_, headers, status) => {
    const server = await start({ allowHosts: ['Bide.example.com'] })
    expect(await statusOf(`${server.url}/api/v1/polls`, { headers: headers as Record<string, string> })).toBe(
      status,
    )
  })

  it.each([
    ['the metadata service', 'http://169.254.169.254/latest/meta-data', 'a metadata service'],
    ['this machine', 'http://[::1]:9/', 'a loopback address'],
  ])('no poll goes to %s', async (_, url, why) => {
    const server = await start()
    for (const path of ['/polls', '/polls/try']) {
      const { status, json } = await post(server, path, { url })
      expect([status, json.errors[0].pointer]).toEqual([422, '/url'])
      expect(json.errors[0].detail).toContain(why)
    }
  })

  it('no poll goes to the server itself, nor by a name that leads where none may', async () => {
    const server = await start({ egress: { mode: 'internal', allow: [], deny: [] } })
    expect((await post(server, '/polls', { url: `${server.url}/livez` })).json.errors[0].detail).toContain(
      'where this server itself listens',
    )
    const named = await post(server, '/polls', { url: `http://localhost:${new URL(far().url).port}/` })
    const { json } = await ask(server, `/polls/${named.json.id}?wait=20s`)
    expect([json.outcome, json.message]).toEqual([
      'broken',
      expect.stringContaining('localhost leads where it must not'),
    ])
  })
})

describe('what does not fit', () => {
  it.each([
    ['too large a body', { body: `{"url":"${'x'.repeat(1024 * 1024)}"}` }, 413],
    ['no JSON', { body: '{' }, 400],
    ['a list', { body: '[]' }, 400],
    [
      'another type',
      { body: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    [
      'a key that is no key',
      { body: { url: 'http://127.0.0.1/' }, headers: { 'idempotency-key': 'x'.repeat(300) } },
      400,
    ],
    ['too long a name', { body: { url: 'http://127.0.0.1/', name: 'x'.repeat(201) } }, 422],
    ['too long a condition', { body: { url: 'http://127.0.0.1/', progress: 'x'.repeat(10_001) } }, 422],
    ['null', { body: 'null' }, 400],
    ['JSON that is nested too deep', { body: `${'{"a":'.repeat(65)}1${'}'.repeat(65)}` }, 400],
    ['JSON that is nested beyond any stack', { body: `${'['.repeat(500_000)}${']'.repeat(500_000)}` }, 400],
  ])('%s', async (_, init, status) => {
    const server = await start()
    const answer = await ask(server, '/polls', { method: 'POST', ...init })
    expect([answer.status, answer.json.status]).toEqual([status, status])
  })

  it('a body that is longer than it says nothing of', async () => {
    const server = await start()
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const options = { method: 'POST', headers }
    expect(await statusOf(`${server.url}/api/v1/polls`, options, Buffer.alloc(2 * 1024 * 1024, 32))).toBe(413)
  })

  it('a path, a method, a wait', async () => {
    const server = await start()
    expect((await ask(server, '/nothing')).json.type).toBe('urn:bide:problem:not-found')
    const put = await ask(server, '/polls', { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST'])
    expect((await ask(server, '/polls/x?wait=soon')).status).toBe(400)
  })
})

describe('start and stop', () => {
  it('a data folder is served by one server, and another key is refused', async () => {
    const dataFolder = join(folder, 'one')
    const server = await start({ dataFolder })
    await post(server, '/polls', slow(far().job()))
    await expect(start({ dataFolder })).rejects.toThrow('is in use: another server has it open')
    await stopAll()
    const keyFile = join(folder, 'other-key')
    writeFileSync(keyFile, 'ab'.repeat(32))
    await expect(start({ dataFolder, keyFile })).rejects.toThrow('the key is another one')
    rmSync(join(dataFolder, 'key'))
    await expect(start({ dataFolder })).rejects.toThrow(/key file .* cannot be read/)
  })

  it('a stop lets go of whoever waits', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', slow(far().job()))
    const waiting = ask(server, `/polls/${json.id}?wait=60s`)
    const events = await fetch(`${server.url}/api/v1/polls/${json.id}/events`)
    await stopAll()
    expect(await events.text()).toContain('submitted')
    expect(
      await waiting.then(
        ({ status }) => status,
        () => 'closed',
      ),
    ).toBe(200)
  })
})

/** Beside the two that every request has. */
function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'x']))
}

/** Resolves once so many attempts are in the ledger. */
async function attemptsOf(server: RunningServer, path: string, count: number, headers = {}): Promise<void> {
  for (;;) {
    const { json } = await ask(server, `${path}/attempts`, { headers })
    if (json.attempts.length >= count) return
  }
}

const TOKEN = 'a-token-of-the-test'

/** A file with that token, of that role. */
function tokensOf(role: string): string {
  const path = join(folder, `tokens-${role}`)
  writeFileSync(path, `# who\n${role} tester ${sha256(TOKEN)}\n`)
  return path
}

/** Who may what, written down a second time: a new operation has to be entered here. */
const LEAST_ROLES: Readonly<Record<string, string>> = {
  'GET /livez': 'anybody',
  'GET /readyz': 'anybody',
  'GET /openapi.json': 'anybody',
  'GET /metrics': 'viewer',
  'GET /health': 'viewer',
  'GET /me': 'viewer',
  'GET /runs': 'viewer',
  'GET /runs/events': 'viewer',
  'GET /polls': 'viewer',
  'POST /polls': 'runner',
  'POST /polls/batch': 'runner',
  'POST /polls/try': 'runner',
  'GET /polls/:id': 'viewer',
  'GET /polls/:id/attempts': 'viewer',
  'GET /polls/:id/attempts/:iteration': 'viewer',
  'GET /polls/:id/events': 'viewer',
  'PATCH /polls/:id': 'runner',
  'POST /polls/:id/wake': 'anybody',
  'POST /polls/:id/cancel': 'runner',
  'POST /polls/:id/pause': 'runner',
  'POST /polls/:id/resume': 'runner',
  'POST /polls/:id/now': 'runner',
  'GET /executions': 'viewer',
  'GET /executions/:id': 'viewer',
  'GET /executions/:id/attempts': 'viewer',
  'GET /executions/:id/attempts/:iteration': 'viewer',
  'GET /executions/:id/events': 'viewer',
  'POST /executions/:id/cancel': 'runner',
  'POST /executions/:id/pause': 'runner',
  'POST /executions/:id/resume': 'runner',
  'GET /pipelines': 'viewer',
  'POST /pipelines/check': 'viewer',
  'GET /pipelines/:name': 'viewer',
  'PUT /pipelines/:name': 'editor',
  'DELETE /pipelines/:name': 'editor',
  'POST /pipelines/:name/executions': 'runner',
  'GET /variables': 'viewer',
  'GET /variables/:name': 'viewer',
  'PUT /variables/:name': 'editor',
  'DELETE /variables/:name': 'editor',
  'GET /tokens': 'admin',
  'POST /tokens': 'admin',
  'DELETE /tokens/:name': 'admin',
  'GET /audit': 'admin',
}

function nameOf({ method, path }: { method: string; path: string }): string {
  return `${method.toUpperCase()} ${path.replace('/api/v1', '')}`
}

function isAtLeast(role: string, needed: string): boolean {
  const order = ['viewer', 'runner', 'editor', 'admin']
  return order.indexOf(role) >= order.indexOf(needed)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
