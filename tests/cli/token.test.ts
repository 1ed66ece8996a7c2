import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runBide } from './run-bide.ts'
import { serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { serve } = serving()
const data = () => join(folder(), 'data')

it('a token is made before the server runs, lets its owner in, and is written nowhere', async () => {
  const path = data()
  const made = await runBide(['token', 'create', 'boss', '--role', 'admin', '--data', path])
  const token = made.stdout.trim()
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('shown this once') })
  expect(made.stderr).not.toContain(token)
  expect(readFileSync(join(path, 'bide.db')).includes(token)).toBe(false)
  const { url } = await serve(path)
  const at = (args: readonly string[], env = {}) => runBide([...args, '--server', url], { env })

  expect(await at(['token', 'ls'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('wants a token'),
  })
  const env = { BIDE_TOKEN: token }
  const eve = (await at(['token', 'create', 'eve', '--role', 'viewer', '-q'], env)).stdout.trim()
  const listed = await at(['token', 'ls', '--json'], env)
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { name: 'boss', role: 'admin' },
    { name: 'eve', role: 'viewer', createdBy: expect.stringContaining('boss') },
  ])
  expect(listed.stdout).not.toContain(eve)
  const refused = await at(['token', 'rm', 'boss'], { BIDE_TOKEN: eve })
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/viewer; an? admin may/) })
  expect(await at(['token', 'rm', 'eve'], env)).toMatchObject({ code: 0 })
  expect(await at(['show', 'x'], { BIDE_TOKEN: eve })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('does not know this token'),
  })
})

it('what is no name, no role, taken or not there is said', async () => {
  const path = data()
  const run = (...args: string[]) => runBide(['token', ...args, '--data', path])
  expect((await run('create', 'ci')).code).toBe(0)
  for (const [args, says] of [
    [['create', 'ci'], /there is a token of the name 'ci' already/],
    [['create', 'a b'], /'a b' is no name of a token/],
    [['create', 'x', '--role', 'king'], /--role: 'king' is none of viewer, runner, editor, admin/],
    [['create'], /one name is to be given/],
    [['rm', 'eve'], /there is no token of the name 'eve'/],
    [['creat', 'x'], /did you mean create\?/],
  ] as const) {
    const ran = await run(...args)
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  }
  expect((await run('ls')).stdout).toMatch(/^NAME +ROLE +CREATED +BY\nci +runner /)
})
