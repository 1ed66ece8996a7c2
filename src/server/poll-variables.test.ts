import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunningServer } from './server.ts'
import { ask, post, quick, serversForTests } from './test-server.ts'

const { start, folder, far } = serversForTests()
const SECRET = 'a-secret-of-the-test'

const set = (server: RunningServer, name: string, kind: string, value: string, headers = {}) =>
  ask(server, `/variables/${name}`, { method: 'PUT', body: { kind, value }, headers })

describe('the variables of a poll', () => {
  it('are filled in when it is taken, and what of them is hidden comes out nowhere', async () => {
    const server = await start()
    await set(server, 'API', 'REGULAR', new URL(far().url).origin)
    await set(server, 'TOKEN', 'SECRET', SECRET)
    const told = (status: string) => ({ json: { status, echo: SECRET } })
    const { pathname } = new URL(far().route('/of-a-variable', told('RUNNING'), told('FINISHED')))
    const poll = {
      ...quick(`\${var.API}${pathname}?q=\${var.TOKEN}`),
      method: 'POST',
      headers: { Accept: 'text/${var.TOKEN}', 'X-Plain': '\\${var.TOKEN}' },
      payload: '{"token": "${var.TOKEN}"}',
    }
    const taken = await post(server, '/polls', poll)
    expect(taken.status).toBe(201)
    await set(server, 'API', 'REGULAR', 'http://127.0.0.1:1')
    const ended = await ask(server, `/polls/${taken.json.id}?wait=20s`)
    expect(ended.json).toMatchObject({
      outcome: 'succeeded',
      task: { url: `${far().url}${pathname}?q=******`, headers: { Accept: 'text/******' } },
      output: { responseJson: { status: 'FINISHED', echo: '******' } },
    })
    const sent = far().requests.filter(({ url }) => url.startsWith('/of-a-variable'))
    expect(sent).toHaveLength(2)
    expect(sent[0]).toMatchObject({
      url: `/of-a-variable?q=${SECRET}`,
      headers: { accept: `text/${SECRET}`, 'x-plain': '${var.TOKEN}' },
      body: `{"token": "${SECRET}"}`,
    })
    const trial = await post(server, '/polls/try', { ...poll, url: `${far().url}${pathname}` })
    expect(trial.json.response.body).toContain('******')
    const changed = await post(server, '/polls', {
      ...poll,
      url: far().job({ end: 'never' }),
      pollIntervalSeconds: 60,
    })
    await ask(server, `/polls/${changed.json.id}`, { method: 'PATCH', body: { pollCount: 7 } })
    const shown = await Promise.all([
      ask(server, `/polls/${taken.json.id}/attempts/1`),
      ask(server, `/polls/${taken.json.id}/attempts`),
      ask(server, `/polls/${changed.json.id}`),
      ask(server, '/runs'),
    ])
    expect(shown.map(({ text }) => text).join() + ended.text + trial.text).not.toContain(SECRET)
  })

  it('are refused at their field where there is none of that name, or it is of a pipeline', async () => {
    const server = await start()
    await set(server, 'TOKEN', 'SECRET', SECRET)
    const { status, json } = await post(server, '/polls', {
      url: 'http://far.test/${input.id}',
      headers: { 'X-Token': '${var.TOKN}' },
      payload: '${var.TOKEN',
    })
    expect(status).toBe(422)
    expect(json.errors).toEqual([
      { pointer: '/url', detail: expect.stringContaining('${input.id} belongs to a pipeline') },
      {
        pointer: '/headers/X-Token',
        detail: expect.stringContaining('there is no variable TOKN; did you mean'),
      },
      { pointer: '/payload', detail: expect.stringContaining('not closed') },
    ])
    const lines = [far().job(), 'http://far.test/${var.NONE}'].map((url) => JSON.stringify({ url }))
    const batch = await fetch(`${server.url}/api/v1/polls/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    expect(await batch.text()).toMatch(/^\{"index":0,"id":"[^"]+"\}\n\{"index":1,.*no variable NONE/)
  })

  it('are for those who may: a hidden one is not for a runner, who could send it home', async () => {
    const digest = (token: string) => createHash('sha256').update(token).digest('hex')
    const file = join(folder, 'tokens-of-variables')
    writeFileSync(
      file,
      ['runner', 'editor', 'admin'].map((role) => `${role} ${role} ${digest(role)}\n`).join(''),
    )
    const server = await start({ tokensFile: file })
    const as = (token: string) => ({ authorization: `Bearer ${token}` })
    await set(server, 'PLAIN', 'REGULAR', 'x', as('admin'))
    await set(server, 'TOKEN', 'SECRET', SECRET, as('admin'))
    await set(server, 'ROOT', 'RESTRICTED', SECRET, as('admin'))
    const status = async (name: string, role: string) => {
      const task = { url: `${far().job()}?x=\${var.${name}}` }
      return (await post(server, '/polls/try', task, as(role))).status
    }
    expect(await Promise.all(['PLAIN', 'TOKEN', 'ROOT'].map((name) => status(name, 'runner')))).toEqual([
      200, 403, 403,
    ])
    expect(await Promise.all(['PLAIN', 'TOKEN', 'ROOT'].map((name) => status(name, 'editor')))).toEqual([
      200, 200, 403,
    ])
    expect(await status('ROOT', 'admin')).toBe(200)
  })
})
