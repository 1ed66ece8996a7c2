// `npm start`: a sample job server and `bide serve`, both on this machine alone, and a pipeline that starts a job at
// the one through the other. Stays until Ctrl-C; with CI=true it ends with the run's exit code. `npm start -- --fail`
// shows a job that fails.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const PORT = 4646
const PIPELINE = 'examples/image-enumeration.yaml'
const root = fileURLToPath(new URL('..', import.meta.url))
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
/** `--dist` and `--data` are for the tests, which build and keep elsewhere. */
const { values: given } = parseArgs({
  options: {
    fail: { type: 'boolean' },
    dist: { type: 'string', default: join(root, 'dist') },
    data: { type: 'string', default: './bide-data' },
  },
})
const { jobServer } = await import(pathToFileURL(join(resolve(given.dist), 'testing/index.js')).href)

const temporary = []
const jobs = await jobServer()
if (given.fail) letFail()
const server = await serve(isCi ? temporaryFolder() : given.data)
say(`A sample job server listens on ${jobs.url}, and bide on ${server.url} (data in ${server.data}).`)
const args = ['submit', PIPELINE, '--input', `api=${jobs.url}`, '--wait']
say(`\n$ bide ${args.join(' ')}`)
const client = bide([...args, '--server', server.url], ['ignore', 'inherit', 'inherit'])
const stopped = stopOnSignal()
const [code] = await once(client, 'close')
if (!isCi && !stopped.by) {
  say(`\nThe page is at ${server.url}; more to try: npx bide ls, npx bide poll --help. Ctrl-C ends it.`)
  await Promise.race([stopped.promise, once(server.process, 'close')])
}
if (server.process.exitCode === null) {
  server.process.kill('SIGTERM')
  await once(server.process, 'close')
}
await jobs.close()
for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
process.exitCode = code ?? 70

/** What has run is still there at the next start; where another start has that folder, this one gets its own. */
async function serve(data) {
  const port = (await isFree(PORT)) ? PORT : 0
  if (port !== PORT) say(`Port ${PORT} is taken, so bide takes another one.`)
  const child = bide(
    ['serve', '--port', String(port), '--data', data, '--egress-allow', '127.0.0.1'],
    ['ignore', 'ignore', 'pipe'],
  )
  const said = await firstWords(child)
  const url = /listening on (http:\S+)/.exec(said)?.[1]
  if (url !== undefined) return { process: child, url, data }
  if (!said.includes('is in use') || temporary.length > 0) throw new Error(`bide serve has ended: ${said}`)
  const other = temporaryFolder()
  say(`Another bide has ${data}, so this one keeps its data in ${other}.`)
  return serve(other)
}

/** All that it says until it listens, or ends. */
function firstWords(child) {
  return new Promise((resolve) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
      if (/listening on http:\S+\s/.test(said)) resolve(said)
    })
    child.on('close', () => resolve(said))
  })
}

function bide(args, stdio) {
  const command = join(resolve(given.dist), 'cli/main.js')
  return spawn(process.execPath, [command, ...args], { cwd: root, stdio })
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'bide-start-'))
  temporary.push(folder)
  return folder
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** A terminal gives its Ctrl-C to all three processes; whoever sends a signal to this one means all three as well. */
function stopOnSignal() {
  const stopped = { by: null, promise: null }
  stopped.promise = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) {
      process.on(name, () => {
        stopped.by = name
        client.kill(name)
        resolve()
      })
    }
  })
  return stopped
}

/** The job that the pipeline starts ends as FAILED. */
function letFail() {
  const selfLink = new URL(jobs.job({ end: 'FAILED' })).pathname
  jobs.route('/iaas/api/images', { status: 202, json: { progress: 0, status: 'INPROGRESS', selfLink } })
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
