import { describe, expect, it } from 'vitest'
import type { RunningServer } from './server.ts'
import { ask, post, serversForTests } from './test-server.ts'

const { start, far } = serversForTests()
const SECRET = 'a-secret-of-the-test'

const text = (name: string, more = '') => `
kind: PIPELINE
name: ${name}
input: {api: '', note: none}
_inputMeta: {api: {description: Where the jobs are, mandatory: true}}
output: {state: '\${Run.Wait.output.responseJson.status}'}
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start:
        type: REST
        input: {action: post, url: '\${input.api}/iaas/api/images', headers: {Authorization: 'Bearer \${var.TOKEN}'}}
      Wait:
        type: POLL
        input:
          url: \${input.api}\${Run.Start.output.responseJson.selfLink}
          pollCount: 9
          pollIntervalSeconds: 0.01
          exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}
${more}`

const put = (server: RunningServer, name: string, body: string, token: string | null = null) =>
  ask(server, `/pipelines/${encodeURIComponent(name)}`, {
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/yaml', ...(token && { authorization: `Bearer ${token}` }) },
  })
const setToken = (server: RunningServer) =>
  ask(server, '/variables/TOKEN', { method: 'PUT', body: { kind: 'SECRET', value: SECRET } })
const begin = (server: RunningServer, name: string, body: object, headers: object = {}) =>
  post(server, `/pipelines/${encodeURIComponent(name)}/executions`, body, headers)

describe('pipelines', () => {
  it('are kept, listed with their picture, replaced and forgotten', async () => {
    const server = await start()
    expect((await put(server, 'My images', text('My images'))).status).toBe(201)
    expect((await put(server, 'My images', text('My images'))).status).toBe(200)
    expect((await ask(server, '/pipelines')).json.pipelines).toMatchObject([
      { name: 'My images', enabled: true, concurrency: 10, lastExecution: null },
    ])
    expect((await ask(server, '/pipelines/My%20images')).json).toMatchObject({
      text: text('My images'),
      input: { api: '', note: 'none' },
      inputMeta: { api: { description: 'Where the jobs are', mandatory: true } },
      shape: { stages: [{ name: 'Run', steps: [[{ name: 'Start', type: 'REST' }], [{ name: 'Wait' }]] }] },
    })
    expect((await ask(server, '/pipelines/My%20images', { method: 'DELETE' })).status).toBe(204)
    expect((await ask(server, '/pipelines/My%20images', { method: 'DELETE' })).status).toBe(404)
    expect((await ask(server, '/pipelines/My%20images')).status).toBe(404)
  })

  it('are replaced only where they are as `If-Match` and `If-None-Match` say, whoever else is at it', async () => {
    const server = await start()
    const putIf = (headers: Record<string, string>, more = '', name = 'P') =>
      ask(server, `/pipelines/${name}`, {
        method: 'PUT',
        body: text(name, more),
        headers: { 'content-type': 'application/yaml', ...headers },
      })
    expect((await putIf({ 'if-match': '*' })).status).toBe(412)
    const added = await putIf({ 'if-none-match': '*' })
    expect(added.status).toBe(201)
    const { etag } = (await ask(server, '/pipelines/P')).json
    expect(etag).toBe(added.json.etag)
    const refused = await putIf({ 'if-none-match': '*' }, '# another')
    expect([refused.status, refused.json.type]).toEqual([412, 'urn:bide:problem:changed-meanwhile'])
    expect((await putIf({ 'if-match': `W/${etag}` })).status).toBe(412)
    expect((await putIf({ 'if-none-match': `"x", W/${etag}` })).status).toBe(412)
    expect((await ask(server, '/pipelines/P')).json.text).toBe(text('P'))
    const both = await Promise.all(['# a', '# b'].map((more) => putIf({ 'if-match': `"x", ${etag}` }, more)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect((await putIf({ 'if-match': etag })).status).toBe(412)
    expect((await putIf({ 'if-match': '*' })).status).toBe(200)
    expect((await putIf({})).status).toBe(200)
    const wrong = await putIf({ 'if-match': 'not-in-quotes' })
    expect([wrong.status, wrong.json.type]).toEqual([400, 'urn:bide:problem:invalid-header'])
    const news = await Promise.all([1, 2].map(() => putIf({ 'if-none-match': '*' }, '', 'New')))
    expect(news.map(({ status }) => status).sort()).toEqual([201, 412])
  })

  it('are refused with every problem at its line and column, and nothing is kept', async () => {
    const server = await start()
    const broken = text('P')
      .replace('Run.Start', 'Run.Strat')
      .replace('stageOrder: [Run]', 'stageOrder: [Ran]')
    const { status, json } = await put(server, 'P', broken)
    expect(status).toBe(422)
    expect(json.errors.map(({ line }: { line: number }) => line)).toEqual([6, 7, 9, 14, 18])
    expect(json.errors[4]).toMatchObject({
      severity: 'error',
      column: 28,
      message: expect.stringContaining('Strat'),
    })
    expect((await ask(server, '/pipelines')).json.pipelines).toEqual([])
    const other = await put(server, 'Q', text('P'))
    expect([other.status, other.json.type]).toEqual([422, 'urn:bide:problem:other-name'])
    const checked = await post(server, '/pipelines/check', broken, { 'content-type': 'application/yaml' })
    expect(checked.json.problems).toHaveLength(json.errors.length)
    expect((await put(server, 'P', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
  })

  it('say of a variable that is not there that it is missing, which keeps nobody from keeping them', async () => {
    const server = await start()
    const { status, json } = await put(server, 'P', text('P'))
    expect(status).toBe(201)
    expect(json.problems).toMatchObject([{ severity: 'warning', message: expect.stringContaining('TOKEN') }])
  })
})

describe('an execution', () => {
  it('is started, carried on, watched and shown, with nothing secret in it', async () => {
    const server = await start()
    await setToken(server)
    await put(server, 'P', text('P'))
    const begun = await begin(server, 'P', { input: { api: far().url }, comments: 'by hand' })
    expect([begun.status, begun.json.executionIndex]).toEqual([202, 1])
    const id = begun.json.executionId
    expect(begun.json.executionLink).toBe(`/api/v1/executions/${id}`)
    const ended = await ask(server, `/executions/${id}?wait=30s`)
    expect(ended.json).toMatchObject({
      name: 'P',
      status: 'COMPLETED',
      statusMessage: 'Execution Completed.',
      output: { state: 'FINISHED' },
      comments: 'by hand',
    })
    const events = await (await fetch(`${server.url}/api/v1/executions/${id}/events`)).text()
    expect(events).toContain('event: ended')
    expect((await ask(server, `/executions/${id}/events?after=1000`)).status).toBe(204)
    const attempts = (await ask(server, `/executions/${id}/attempts?task=Run.Wait`)).json.attempts
    expect(attempts.at(-1)).toMatchObject({ task: 'Run.Wait', verdict: 'succeeded' })
    expect(ended.json.stages.Run.tasks.Wait.output.iterationCount).toBe(attempts.length)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const counts = [...metrics.matchAll(/^bide_attempts_total\{.*\} (\d+)$/gm)].map(([, count]) =>
      Number(count),
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(attempts.length)
    expect((await ask(server, `/executions/${id}/attempts?task=Run.Start`)).json.attempts).toEqual([])
    expect((await ask(server, '/runs')).json.runs).toMatchObject([
      { kind: 'execution', id, status: 'COMPLETED' },
    ])
    expect((await ask(server, '/executions?pipeline=P')).json.executions).toHaveLength(1)
    expect((await ask(server, '/runs?kind=poll')).json.runs).toEqual([])
    expect((await ask(server, '/pipelines')).json.pipelines[0].lastExecution).toMatchObject({
      executionId: id,
    })
    expect(`${ended.text}${events}`).not.toContain(SECRET)
    const sent = far().requests.map(({ headers }) => headers.authorization)
    expect(sent).toContain(`Bearer ${SECRET}`)
    expect((await ask(server, `/polls/${id}`)).status).toBe(404)
  })

  it('is refused where what it is given does not fit', async () => {
    const server = await start()
    await put(server, 'P', text('P'))
    await put(server, 'Off', text('Off', 'enabled: false'))
    await put(
      server,
      'Calls',
      'kind: PIPELINE\nname: Calls\nstageOrder: [S]\nstages:\n  S:\n    taskOrder: [T]\n    tasks:\n      T: {type: PIPELINE, input: {pipeline: None}}\n',
    )
    const faultOf = async (name: string, body: unknown) => {
      const { status, json } = await begin(server, name, body as object)
      return [status, json.errors?.[0]?.pointer ?? json.errors?.[0]?.message ?? json.type]
    }
    const api = far().url
    expect(await faultOf('P', { input: { api } })).toEqual([422, expect.stringContaining('TOKEN')])
    await setToken(server)
    expect(await faultOf('P', {})).toEqual([422, '/input/api'])
    expect(await faultOf('P', { input: { api, more: 'x' } })).toEqual([422, '/input/more'])
    expect(await faultOf('P', { input: { api: 1 } })).toEqual([422, '/input/api'])
    expect(await faultOf('P', { input: [] })).toEqual([422, '/input'])
    expect(await faultOf('Off', { input: { api } })).toEqual([409, 'urn:bide:problem:disabled'])
    expect(await faultOf('Calls', {})).toEqual([422, expect.stringContaining("no pipeline 'None'")])
    expect(await faultOf('None', {})).toEqual([404, 'urn:bide:problem:unknown-pipeline'])
    expect((await ask(server, '/runs')).json.runs).toEqual([])
  })

  it('is started once for an Idempotency-Key', async () => {
    const server = await start()
    await setToken(server)
    await put(server, 'P', text('P'))
    const key = { 'idempotency-key': 'k' }
    const body = { input: { api: far().url } }
    const first = await begin(server, 'P', body, key)
    expect((await begin(server, 'P', body, key)).json).toEqual(first.json)
    expect((await begin(server, 'P', { ...body, comments: 'x' }, key)).status).toBe(422)
    expect((await ask(server, '/runs')).json.runs).toHaveLength(1)
  })

  it('is cancelled, and says why it cannot be a second time', async () => {
    const server = await start()
    await setToken(server)
    await put(server, 'P', text('P').replace('0.01', '3600'))
    const { executionId: id } = (await begin(server, 'P', { input: { api: far().url } })).json
    const cancelled = await post(server, `/executions/${id}/cancel`)
    expect(cancelled.json).toMatchObject({ status: 'CANCELED' })
    const again = await post(server, `/executions/${id}/pause`)
    expect([again.status, again.json.detail]).toEqual([409, 'it has ended: CANCELED'])
    expect((await post(server, '/executions/none/cancel')).status).toBe(404)
  })
})

describe('variables', () => {
  it('are set, listed without what is hidden, and removed', async () => {
    const server = await start()
    const set = (name: string, body: unknown) => ask(server, `/variables/${name}`, { method: 'PUT', body })
    expect((await set('REGION', { value: 'eu', description: 'where' })).status).toBe(201)
    expect((await set('REGION', { value: 'us' })).status).toBe(200)
    expect((await set('TOKEN', { kind: 'SECRET', value: SECRET })).json.value).toBeNull()
    const { json, text: shown } = await ask(server, '/variables')
    expect(json.variables.map(({ name, value }: { name: string; value: string }) => [name, value])).toEqual([
      ['REGION', 'us'],
      ['TOKEN', null],
    ])
    expect(shown).not.toContain(SECRET)
    expect((await ask(server, '/variables/REGION')).json).toEqual(json.variables[0])
    expect((await ask(server, '/variables/TOKEN')).json).toEqual(json.variables[1])
    expect((await ask(server, '/variables/NONE')).status).toBe(404)
    expect((await set('A%2FB', { value: '' })).status).toBe(422)
    expect((await set('A', { value: 1 })).json.errors).toMatchObject([{ pointer: '/value' }])
    expect((await set('A', { value: '', kind: 'OPEN' })).json.errors).toMatchObject([{ pointer: '/kind' }])
    expect((await ask(server, '/variables/TOKEN', { method: 'DELETE' })).status).toBe(204)
    expect((await ask(server, '/variables/TOKEN', { method: 'DELETE' })).status).toBe(404)
  })
})
