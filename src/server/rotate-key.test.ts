import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { checkData } from './data-folder.ts'
import { rotateKey } from './rotate-key.ts'
import { ask, post, serversForTests, slow } from './test-server.ts'

const { start, stopAll, folder, far } = serversForTests()

/** A folder with a poll that was answered at length, a token and an idempotency key in it, and no server. */
async function filled(name: string, changed: { keyHex?: string } = {}) {
  const dataFolder = join(folder, name)
  const server = await start({ dataFolder, ...changed })
  const webhook = { url: 'http://127.0.0.1:9/' }
  const url = far().route(`/${name}`, { json: { status: 'RUNNING', log: 'a long one '.repeat(200) } })
  const body = { ...slow(url), webhook, headers: { 'X-Api-Key': 'Zx77-secret' } }
  const { json } = await post(server, '/polls', body, { 'idempotency-key': 'k' })
  await post(server, '/tokens', { name: 'boss', role: 'admin' })
  const attempts = () => ask(server, `/polls/${json.id}/attempts`)
  while ((await attempts()).json.attempts.length === 0);
  await stopAll()
  const data = { folder: dataFolder, keyFile: null, ...changed }
  return { dataFolder, data, id: json.id as string, keyPath: join(dataFolder, 'key') }
}

describe('a rotation of the key', () => {
  it('encrypts all anew: nothing opens with the old key, and all goes on with the new one', async () => {
    const { dataFolder, data, keyPath } = await filled('rotated')
    const old = readFileSync(keyPath, 'utf8')
    const { sealed, keyFile } = await rotateKey(data, { newKeyFile: null })
    expect([sealed, keyFile]).toEqual([7, keyPath])
    expect(readFileSync(keyPath, 'utf8')).not.toBe(old)
    expect(existsSync(`${keyPath}.new`)).toBe(false)
    expect(await checkData(data)).toMatchObject({ problems: [], sealed: 7 })
    const oldFile = join(folder, 'old-key')
    writeFileSync(oldFile, old)
    expect((await checkData({ ...data, keyFile: oldFile })).problems).toHaveLength(7)
    await expect(start({ dataFolder, keyFile: oldFile })).rejects.toThrow('the key is another one')
    const server = await start({ dataFolder })
    expect((await ask(server, '/me')).status).toBe(401)
  })

  it('lets what was submitted before be known afterwards', async () => {
    const dataFolder = join(folder, 'known')
    const body = slow(far().job())
    const submit = async () => post(await start({ dataFolder }), '/polls', body, { 'idempotency-key': 'k' })
    const first = await submit()
    await stopAll()
    await rotateKey({ folder: dataFolder, keyFile: null }, { newKeyFile: null })
    const again = await submit()
    expect([first.status, again.status, again.json]).toEqual([201, 200, first.json])
  })

  it('that was killed before all was encrypted leaves the old key the right one', async () => {
    const { data, keyPath } = await filled('early')
    writeFileSync(`${keyPath}.new`, 'ab'.repeat(32))
    await start({ dataFolder: data.folder })
    await stopAll()
    expect(existsSync(`${keyPath}.new`)).toBe(false)
  })

  it('that was killed after that is finished at the next start', async () => {
    const { data, keyPath } = await filled('late')
    const old = readFileSync(keyPath, 'utf8')
    await rotateKey(data, { newKeyFile: null })
    renameSync(keyPath, `${keyPath}.new`)
    writeFileSync(keyPath, old)
    await start({ dataFolder: data.folder })
    await stopAll()
    expect(existsSync(`${keyPath}.new`)).toBe(false)
    expect(readFileSync(keyPath, 'utf8')).not.toBe(old)
    expect((await checkData(data)).problems).toEqual([])
  })

  it('changes nothing where one text does not open', async () => {
    const { data, keyPath, id } = await filled('damaged')
    const old = readFileSync(keyPath, 'utf8')
    const database = await openDatabase(join(data.folder, 'bide.db'))
    const [good] = database.prepare('SELECT task FROM runs').all() as { task: Uint8Array }[]
    database.prepare('UPDATE runs SET state = ? WHERE id = ?').run(new Uint8Array(60), id)
    database.close()
    await expect(rotateKey(data, { newKeyFile: null })).rejects.toThrow('cannot be decrypted')
    expect([readFileSync(keyPath, 'utf8'), existsSync(`${keyPath}.new`)]).toEqual([old, false])
    const after = await openDatabase(join(data.folder, 'bide.db'))
    expect(after.prepare('SELECT task FROM runs').all()).toEqual([good])
    after.close()
    expect((await checkData(data)).problems).toHaveLength(1)
  })

  it('is refused while a server has the folder', async () => {
    const dataFolder = join(folder, 'busy')
    await start({ dataFolder })
    await expect(rotateKey({ folder: dataFolder, keyFile: null }, { newKeyFile: null })).rejects.toThrow(
      'is in use',
    )
  })

  it('of a key from the environment goes into a file that is named', async () => {
    const { data } = await filled('environment', { keyHex: 'ab'.repeat(32) })
    await expect(rotateKey(data, { newKeyFile: null })).rejects.toThrow('the key comes from BIDE_KEY')
    const newKeyFile = join(folder, 'new-key')
    expect((await rotateKey(data, { newKeyFile })).keyFile).toBe(newKeyFile)
    await expect(start({ dataFolder: data.folder, keyHex: 'ab'.repeat(32) })).rejects.toThrow('another one')
    await start({ dataFolder: data.folder, keyFile: newKeyFile })
    rmSync(newKeyFile)
  })
})
