import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

describe('bide check', () => {
  it('says what each condition gives over a response, and why', async () => {
    const path = join(folder(), 'answer.json')
    await writeFile(path, '{"status":"RUNNING","progress":50}')
    const conditions = [
      '--success',
      'status == "FINISHED" && progress >= 100',
      '--failure',
      'status == "FAILED"',
    ]
    const ran = await runBide(['check', ...conditions, '--response', path])
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    expect(ran.stdout).toContain(
      'success: status == "FINISHED" && progress >= 100 -> false: status is "RUNNING", progress is 50',
    )
    expect(ran.stdout).toContain('failure: status == "FAILED" -> false')
    expect(ran.stdout).toMatch(/^ +progress {2}-> {2}50$/m)
  })

  it('takes the response from stdin, and its code', async () => {
    const args = ['check', '--success', 'responseCode == 404', '--response', '-', '--code', '404']
    expect((await runBide(args, { stdin: '{}' })).stdout).toContain('-> true')
  })

  it('hints at criteria that do not mean what was meant', async () => {
    const ran = await runBide(['check', '--success', 'a == "X"', '--failure', 'a != "X"'])
    expect(ran.stdout).toContain('the first answer that is still pending fails the job')
  })

  it('shows no escape bytes of a response', async () => {
    const args = ['check', '--success', 'status == "X"', '--response', '-']
    expect((await runBide(args, { stdin: '{"status":"\\u001b[31m"}' })).stdout).not.toContain('\x1b')
  })

  it.each([
    [['--success', 'a = 1'], '--success: '],
    [['--failure', 'a.startWith("x")'], 'did you mean startsWith?'],
    [[], 'no condition was given'],
    [['a == 1'], "'a == 1' is no file"],
    [['--success', 'a', '--code', 'ok'], "--code: 'ok' is not a whole number"],
    [['--success', 'a', '--response', 'not-there'], '--response: cannot read not-there (ENOENT)'],
  ])('%j is bad usage', async (args, says) => {
    expect(await runBide(['check', ...args])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(says),
    })
  })
})
