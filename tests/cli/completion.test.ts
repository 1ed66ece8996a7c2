import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/options/commands.ts'
import { runBide } from './run-bide.ts'

const run = promisify(execFile)

describe('bash completes', () => {
  it.each([
    [['bide', 'po'], ['poll']],
    [
      ['bide', 'poll', '--suc'],
      ['--success', '--success-threshold'],
    ],
    [['bide', 'check', '--re'], ['--response']],
    [
      ['bide', 'poll', '-H', 'x', '--jso'],
      ['--json', '--jsonl'],
    ],
    [['bide', 'poll', '--file', 'ta'], ['task file.yaml']],
    [['bide', 'variable', 's'], ['set']],
    [
      ['bide', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['bide', 'none', '--x'], []],
  ])('%j -> %j', async (words, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'bide-completion-'))
    writeFileSync(join(folder, 'task file.yaml'), '')
    const { stdout: script } = await runBide(['completion', 'bash'])
    const typed = words.map((word) => `'${word}'`).join(' ')
    const ask = `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _bide; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['--norc', '-c', ask], { cwd: folder })
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual(expected)
  })
})

it.each(['bash', 'zsh', 'fish'])('%s knows every command and every flag', async (shell) => {
  const { stdout, code } = await runBide(['completion', shell])
  expect(code).toBe(0)
  for (const { name, options } of COMMANDS) {
    expect(stdout).toContain(name)
    for (const { flag } of options) expect(stdout).toContain(shell === 'fish' ? `-l ${flag}` : `--${flag}`)
  }
})

it('another shell is refused', async () => {
  expect(await runBide(['completion', 'bsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean bash?'),
  })
})
