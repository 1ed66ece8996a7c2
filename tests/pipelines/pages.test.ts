import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withKeyTables } from '../../scripts/format-page.ts'
import { checkFiles } from '../../src/pipeline/check.ts'
import { type JobServer, jobServer } from '../../src/testing/index.ts'
import { runBide } from '../cli/run-bide.ts'
import { serving } from '../cli/serving.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const pipelines = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)]
    .map(([, text]) => [page, text as string] as const)
    .filter(([, text]) => /^kind: PIPELINE$/m.test(text)),
)

const { serve } = serving()
let server: JobServer
let folder: string
beforeAll(async () => {
  server = await jobServer()
  folder = mkdtempSync(join(tmpdir(), 'bide-pages-'))
  const { url } = server
  server.route('/job/shop/buildWithParameters', {
    status: 201,
    headers: { location: `${url}/queue/item/7/` },
  })
  server.route(
    '/queue/item/7/api/json',
    { json: { why: 'In the quiet period' } },
    { json: { cancelled: false, executable: { number: 12, url: `${url}/job/shop/12/` } } },
  )
  server.route(
    '/job/shop/12/api/json',
    { json: { building: true, result: null } },
    { json: { building: false, result: 'SUCCESS' } },
  )
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  return server.close()
})

it('docs/pipeline-format.md has the keys of the schema: npm run docs writes them', () => {
  const page = readFileSync(join(ROOT, 'docs/pipeline-format.md'), 'utf8')
  expect(page).toBe(withKeyTables(page))
  expect(page).toContain('| `pollIntervalSeconds` | number | `60` |')
})

it('README.md shows a pipeline, and how to check, plan, run and submit it', () => {
  expect(pipelines.map(([page]) => page)).toContain('README.md')
  expect(commands).toHaveLength(4)
})

it.each(pipelines)('nothing is wrong with the pipeline of %s', (file, text) => {
  expect(checkFiles([{ file, text }]).problems).toEqual([])
})

it.each(pipelines)('the pipeline of %s runs', async (page, text) => {
  const file = join(folder, `${pipelines.findIndex(([, other]) => other === text)}.yaml`)
  writeFileSync(file, quick(text))
  const used = [...new Set([...text.matchAll(/\$\{var\.(\w+)\}/g)].map(([, name]) => name))]
  const variables = used.flatMap((name) => ['--var', `${name}=env:SECRET`])
  const { code, stderr } = await runBide(['run', file, ...variables], {
    env: { SECRET: 'secret-of-the-test' },
  })
  expect(stderr, page).toContain('Execution Completed.')
  expect(stderr).not.toContain('secret-of-the-test')
  expect(code).toBe(0)
})

const commands = [...readme.matchAll(/^bide \w+ pipeline\.yaml.*$/gm)].map(([line]) => line)
it.each(commands)('README.md: %s', async (line) => {
  const [, text] = pipelines.find(([page]) => page === 'README.md') ?? []
  writeFileSync(join(folder, 'pipeline.yaml'), quick(text ?? ''))
  const [, ...args] = line.replace(/#.*/, '').trim().split(/ +/)
  const { url } = await serve(join(folder, `data-${commands.indexOf(line)}`))
  const options = { cwd: folder, env: { CI_TOKEN: 'secret-of-the-test', BIDE_SERVER: url } }
  const setToken = ['variable', 'set', 'TOKEN', '--kind', 'SECRET', '--value', 'env:CI_TOKEN']
  expect((await runBide(setToken, options)).code).toBe(0)
  const { code, stdout, stderr } = await runBide(args, options)
  expect(stdout + stderr).toContain('Image enumeration')
  expect(stdout + stderr).not.toContain('secret-of-the-test')
  expect(code).toBe(0)
})

/** The same with the sample job server, and without long waits. */
function quick(text: string): string {
  return text
    .replaceAll('https://ci.example.com', server.url)
    .replaceAll(/pollIntervalSeconds: \d+/g, 'pollIntervalSeconds: 0.05')
}
