import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type JobServer, jobServer } from '../src/testing/index.ts'

const ROOT = resolve(import.meta.dirname, '..')
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const EXAMPLE_URL = /https:\/\/ci\.example\.com\/[\w/-]+/g
const run = promisify(execFile)

let server: JobServer
beforeAll(async () => {
  server = await jobServer()
})
afterAll(() => server.close())

describe('every example runs, with the URL of a real job', () => {
  const ts = PAGES.flatMap((page) => blocks(page, 'ts').map((code) => [page, code] as const))
  it.each(ts)('TypeScript of %s', async (_, code) => {
    expect(code).toMatch(EXAMPLE_URL)
    expect(await runModule(code)).toMatch(/succeeded/i)
  })

  const commands = PAGES.flatMap((page) =>
    blocks(page, 'sh').flatMap((block) =>
      block
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => /^bide poll .*example/.test(line))
        .map((line) => [page, line] as const),
    ),
  )
  it.each(commands)('command of %s: %s', async (_, line) => {
    const main = join(inject('build'), 'cli/main.js')
    const command = line
      .replace(/^bide/, `'${process.execPath}' '${main}'`)
      .replace(EXAMPLE_URL, server.job({ polls: 0 }))
    const { stderr } = await run('sh', ['-c', command], {
      env: { PATH: process.env.PATH, CI_TOKEN: 'token-of-the-test' },
    })
    expect(stderr).toContain('Succeeded')
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer token-of-the-test')
  })

  it.each(docExamples())('@example of %s', async (file, code) => {
    const lines = code.trimEnd().split('\n')
    const isStatement = /^(const|let|for|\}|await)\b|^\}/.test(lines.at(-1)!)
    const shown = isStatement ? `${code}\nconsole.log(outcome)` : `console.log(String(${code}))`
    const output = await runModule(`import * as bide from 'bide'\nconst { poll, explain } = bide\n${shown}`)
    expect(output, file).not.toBe('')
    expect(output).not.toContain('undefined')
  })

  it('there are such examples', () => {
    expect([ts.length, commands.length, docExamples().length].every((n) => n > 0)).toBe(true)
  })
})

it('every relative link of a page leads somewhere', () => {
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target]) => resolve(ROOT, page, '..', target!))
      .filter((target) => !target.endsWith('docs/benchmarks.md'))
      .filter((target) => !exists(target)),
  )
  expect(broken).toEqual([])
})

it('the README has every way to end that --help has', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  for (const code of ['0 succeeded', '1 failed', '130/143']) expect(readme).toContain(code)
})

function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code!)
}

function docExamples(): [string, string][] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(/@example\n((?: \*(?!\/).*\n)+)/g)].map(
        ([, text]): [string, string] => [file, text!.replace(/^ \* ?/gm, '')],
      ),
    )
}

/** Runs a module as one that has bide installed would; what it printed. */
async function runModule(code: string): Promise<string> {
  const door = JSON.stringify(join(inject('build'), 'index.js'))
  const script = code.replace(/from 'bide'/, `from ${door}`).replace(EXAMPLE_URL, server.job({ polls: 0 }))
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script])
  return stdout
}

function exists(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR'
  }
}
