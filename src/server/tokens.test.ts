import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openData } from './open-data.ts'
import type { RunningServer } from './server.ts'
import { ask, post, serversForTests, slow } from './test-server.ts'
import { openTokenCatalog } from './token-catalog.ts'
import type { Role } from './tokens.ts'

const { start, stopAll, folder, far } = serversForTests()

/** A data folder with a token of an admin, made while no server has it. */
async function folderWithToken(name: string, role: Role = 'admin') {
  const dataFolder = join(folder, name)
  const { store, sealer } = await openData({ folder: dataFolder, keyFile: null })
  const tokens = await openTokenCatalog({ catalog: store.catalog, sealer, now: () => 0 })
  const token = await tokens.create({ name: 'first', role, createdBy: 'a test' })
  await store.close()
  return { dataFolder, token: token as string }
}
const as = (token: string) => ({ authorization: `Bearer ${token}` })
const makeToken = async (server: RunningServer, by: string, name: string, role: string) =>
  (await post(server, '/tokens', { name, role }, as(by))).json.token as string

describe('tokens of a data folder', () => {
  it('are made offline, and let their bearer in, and nobody else', async () => {
    const { dataFolder, token } = await folderWithToken('offline')
    expect(token).toMatch(/^bide_[\w-]{43}$/)
    const server = await start({ dataFolder, host: '0.0.0.0' })
    const local = { ...server, url: server.url.replace('0.0.0.0', '127.0.0.1') }
    expect((await ask(local, '/polls')).status).toBe(401)
    expect((await ask(local, '/me', { headers: as(token) })).json).toEqual({ name: 'first', role: 'admin' })
    expect((await ask(local, '/me', { headers: as(`${token}x`) })).status).toBe(401)
  })

  it('are made and revoked over the API; what is kept tells none of them', async () => {
    const { dataFolder, token } = await folderWithToken('online')
    const server = await start({ dataFolder })
    const made = await post(server, '/tokens', { name: 'ci', role: 'runner' }, as(token))
    expect([made.status, made.json.role]).toEqual([201, 'runner'])
    const mine = as(made.json.token)
    expect((await ask(server, '/polls', { headers: mine })).status).toBe(200)
    expect((await ask(server, '/tokens', { headers: mine })).status).toBe(403)
    const { text, json } = await ask(server, '/tokens', { headers: as(token) })
    expect(
      json.tokens.map(({ name, role, createdBy }: object & Record<string, string>) => [
        name,
        role,
        createdBy,
      ]),
    ).toEqual([
      ['ci', 'runner', 'first'],
      ['first', 'admin', 'a test'],
    ])
    const files = readdirSync(dataFolder).map((name) => readFileSync(join(dataFolder, name), 'latin1'))
    for (const secret of [token, made.json.token]) expect([text, ...files].join()).not.toContain(secret)
    expect((await ask(server, '/tokens/ci', { method: 'DELETE', headers: as(token) })).status).toBe(204)
    expect((await ask(server, '/polls', { headers: mine })).status).toBe(401)
    expect((await ask(server, '/tokens/ci', { method: 'DELETE', headers: as(token) })).status).toBe(404)
  })

  it('are worth nothing once revoked, in streams that are open neither', async () => {
    const { dataFolder, token } = await folderWithToken('streams')
    const server = await start({ dataFolder })
    const viewer = await makeToken(server, token, 'eye', 'viewer')
    const { json } = await post(server, '/polls', slow(far().job({ end: 'never' })), as(token))
    const path = `${server.url}/api/v1/polls/${json.id}`
    const stream = await fetch(`${path}/events`, { headers: as(viewer) })
    const waiting = fetch(`${path}?wait=60s`, { headers: as(viewer) })
    const other = await fetch(`${path}/events`, { headers: as(token) })
    await ask(server, '/tokens/eye', { method: 'DELETE', headers: as(token) })
    expect(await stream.text()).toContain('submitted')
    await (await waiting).text()
    expect((await fetch(`${path}/events`, { headers: as(viewer) })).status).toBe(401)
    await post(server, `/polls/${json.id}/cancel`, undefined, as(token))
    expect(await other.text()).toContain('event: ended')
  })

  it('outlive the server', async () => {
    const { dataFolder, token } = await folderWithToken('again')
    const server = await start({ dataFolder })
    const other = await makeToken(server, token, 'other', 'viewer')
    await stopAll()
    const again = await start({ dataFolder })
    expect((await ask(again, '/me', { headers: as(other) })).json).toEqual({ name: 'other', role: 'viewer' })
    expect((await ask(again, '/me')).status).toBe(401)
  })

  it('on loopback are asked for from the next start on, and the last admin cannot be removed then', async () => {
    const dataFolder = join(folder, 'open')
    const server = await start({ dataFolder })
    const token = (await post(server, '/tokens', { name: 'boss', role: 'admin' })).json.token
    expect((await ask(server, '/tokens')).status).toBe(200)
    await stopAll()
    const again = await start({ dataFolder })
    const remove = () => ask(again, '/tokens/boss', { method: 'DELETE', headers: as(token) })
    expect((await ask(again, '/tokens')).status).toBe(401)
    expect((await remove()).json.type).toBe('urn:bide:problem:last-admin')
    await makeToken(again, token, 'boss2', 'admin')
    expect((await remove()).status).toBe(204)
  })

  it.each([
    [{ name: 'a b', role: 'viewer' }, 422],
    [{ name: 'a', role: 'king' }, 422],
    [{ role: 'viewer' }, 422],
    [{ name: 'taken', role: 'viewer' }, 409],
  ])('%j is answered with %i', async (body, status) => {
    const server = await start()
    await post(server, '/tokens', { name: 'taken', role: 'viewer' })
    expect((await post(server, '/tokens', body)).status).toBe(status)
  })
})

describe('the audit', () => {
  it('says who changed what and when, newest first, and nothing of what only looked or was refused', async () => {
    const { dataFolder, token } = await folderWithToken('audit')
    const server = await start({ dataFolder })
    const runner = await makeToken(server, token, 'ci', 'runner')
    const { json } = await post(server, '/polls', slow(far().job()), as(runner))
    await post(server, '/polls/try', slow(far().job()), as(runner))
    await post(server, `/polls/${json.id}/wake?token=${json.wakeToken}`)
    await post(server, `/polls/${json.id}/pause`, undefined, as(runner))
    await post(server, '/polls/nobody/pause', undefined, as(runner))
    await ask(server, '/tokens/ci', { method: 'DELETE', headers: as(token) })
    const first = await ask(server, '/audit?limit=3', { headers: as(token) })
    const rest = await ask(server, `/audit?cursor=${first.json.next}`, { headers: as(token) })
    const rows = [...first.json.entries, ...rest.json.entries]
    expect(rows.map(({ who, role, what, which }) => [who, role, what, which])).toEqual([
      ['first', 'admin', 'DELETE /tokens/{name}', 'ci'],
      ['ci', 'runner', 'POST /polls/{id}/pause', json.id],
      ['its wake token', 'viewer', 'POST /polls/{id}/wake', json.id],
      ['ci', 'runner', 'POST /polls', json.id],
      ['first', 'admin', 'POST /tokens', 'ci'],
    ])
    expect(rest.json.next).toBeNull()
    expect(Date.parse(rows[0].at)).toBeGreaterThanOrEqual(Date.parse(rows[3].at))
  })
})

describe('the key', () => {
  it('comes from a file, or as such from the environment; another one is refused', async () => {
    const dataFolder = join(folder, 'keyed')
    await start({ dataFolder, keyHex: 'ab'.repeat(32) })
    await stopAll()
    expect(readdirSync(dataFolder)).not.toContain('key')
    await expect(start({ dataFolder, keyHex: 'cd'.repeat(32) })).rejects.toThrow('the key is another one')
    await expect(start({ dataFolder })).rejects.toThrow(/key file .* cannot be read/)
    await expect(start({ dataFolder, keyHex: 'xyz' })).rejects.toThrow('BIDE_KEY does not hold 64 hex digits')
    const keyFile = join(folder, 'a-key')
    writeFileSync(keyFile, `${'ab'.repeat(32)}\n`)
    await start({ dataFolder, keyFile, keyHex: 'cd'.repeat(32) })
  })
})
