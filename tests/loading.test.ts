import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runBide } from './cli/run-bide.ts'

/** Text that each heavy part carries in a bundle of it, whatever the minifier does. */
const MARKS = {
  CEL: '@not_strictly_false',
  yaml: 'tag:yaml.org,2002',
  undici: '"undici"',
} as const
const LOADED_AT_ONCE = /(?:from|import)"(\.[^"]+)"/g
const RECORDER = resolve(import.meta.dirname, 'record-loading.cjs')

/** The chunks that come with an entry of the library, before anything is asked of it. */
function loadedWith(entry: string): string {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, imported] of text.matchAll(LOADED_AT_ONCE)) visit(resolve(dirname(file), imported!))
  }
  visit(join(inject('build'), entry))
  return [...seen].map((file) => readFileSync(file, 'utf8')).join('\n')
}

interface Loaded {
  /** Of the command's own, in the order in which they were read. */
  readonly files: readonly string[]
  /** The packs whose compiled code V8 did not take. */
  readonly rejected: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'bide-loading-'))
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"status":"FINISHED"}')
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/job`
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What a run of the command has loaded of itself, by its own account when it ends. */
async function loadedBy(
  args: readonly string[],
  { flags = '', build = inject('build') } = {},
): Promise<Loaded> {
  const BIDE_LOADED = join(folder, 'loaded.json')
  const env = { BIDE_LOADED, NODE_OPTIONS: `--require ${RECORDER} ${flags}`, NODE_DISABLE_COMPILE_CACHE: '1' }
  expect(await runBide(args, { env, build })).toMatchObject({ code: 0 })
  return JSON.parse(readFileSync(BIDE_LOADED, 'utf8')) as Loaded
}

/** The packs and chunks among the files, by their names alone. */
function names({ files }: Loaded): string[] {
  return files.filter((file) => file.endsWith('.js')).map((file) => file.replace(/-\w{8}\.js$/, '.js'))
}

describe('what is loaded before it is needed', () => {
  it('the marks are right: the whole bundle has each of them', () => {
    const cli = join(inject('build'), 'cli')
    const all = readdirSync(cli, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(cli, file), 'utf8'))
      .join('\n')
    for (const mark of Object.values(MARKS)) expect(all.replaceAll("'", '"')).toContain(mark)
  })

  it('the library loads none of what it may never need', () => {
    for (const name of ['yaml', 'undici'] as const)
      expect(loadedWith('index.js'), name).not.toContain(MARKS[name])
  })

  it('bide poll loads one pack, and neither CEL nor yaml nor undici', async () => {
    const loaded = await loadedBy(['poll', url])
    expect(names(loaded)).toEqual(['main.js', 'poll.js'])
    const text = readFileSync(join(inject('build'), 'cli/poll.js'), 'utf8')
    for (const [name, mark] of Object.entries(MARKS)) expect(text, name).not.toContain(mark)
  })

  it.each([
    ['status == "FINISHED"', []],
    ['missing == "x" || status == "FINISHED"', []],
    ['status.matches("^F")', ['re2.js']],
    ['duration("1h") > duration("1m")', ['protobuf.js']],
  ])('bide poll --success %j loads CEL, and of its heavy parts %j', async (condition, heavy) => {
    const loaded = await loadedBy(['poll', url, '--success', condition])
    expect(names(loaded)).toEqual(['main.js', 'poll.js', 'condition.js', ...heavy])
  })

  it.each([
    ['the library', 'index.js'],
    ['bide/testing', 'testing/index.js'],
  ])('%s starts no server, and opens nothing that would hold the process', (_, entry) => {
    const script = `
      await import(${JSON.stringify(join(inject('build'), entry))})
      console.log(JSON.stringify([process.getActiveResourcesInfo().filter((r) => /TCP|Timeout|FSEvent/.test(r)),
        process.moduleLoadList.filter((m) => /NativeModule (http2|cluster|inspector|sqlite)$/.test(m))]))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([[], []])
  })
})

describe('the code that the build has compiled', () => {
  const condition = ['poll', '--success', 'status == "FINISHED"'] as const

  it('is taken by the Node that it was built with', async () => {
    const { files, rejected } = await loadedBy([...condition, url])
    expect(files.filter((file) => file.endsWith('.bin'))).toHaveLength(2)
    expect(rejected).toEqual([])
  })

  it('is not needed: where V8 refuses it, or has none, the command is compiled anew', async () => {
    // V8 keeps apart what was compiled with other flags.
    const { rejected } = await loadedBy([...condition, url], { flags: '--stack-trace-limit=11' })
    expect(rejected).toEqual(['poll.js', 'condition.js'])

    const build = join(folder, 'without')
    cpSync(join(inject('build'), 'cli'), join(build, 'cli'), {
      recursive: true,
      filter: (file) => !file.endsWith('.bin'),
    })
    const loaded = await loadedBy([...condition, url], { build })
    expect(names(loaded)).toEqual(['main.js', 'poll.js', 'condition.js'])
    expect(loaded.files.filter((file) => file.endsWith('.bin'))).toEqual([])
  })
})
