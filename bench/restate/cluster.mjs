import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startBalancer } from './balancer.mjs'

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/**
 * Everything that a run needs, as real processes on loopback: Restate nodes, workers, a server, and what is polled.
 * `command` is the built one.
 */
export async function startWorld(options) {
  const children = new Set()
  try {
    return await openWorld(options, children)
  } catch (error) {
    // The cluster ends its nodes when it is asked to, not when it is killed.
    for (const child of children) child.kill('SIGTERM')
    throw error
  }
}

async function openWorld({ nodes, workers, perOrigin = 512, command = COMMAND }, children) {
  const folder = mkdtempSync(join(tmpdir(), 'bide-bench-'))
  const key = join(folder, 'key')
  writeFileSync(key, randomBytes(32).toString('hex'))

  const launch = (args, options = {}) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
    children.add(child)
    child.on('exit', () => children.delete(child))
    child.said = ''
    child.stderr.on('data', (data) => {
      child.said += data
    })
    return child
  }
  const says = async (child, text) => {
    while (!child.said.includes(text)) {
      if (child.exitCode !== null) throw new Error(`it ended: ${child.said}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const far = launch([fileURLToPath(new URL('far-side.mjs', import.meta.url))])
  const [farUrl] = await once(createInterface(far.stdout), 'line')

  const cluster = launch([
    command,
    'cluster',
    'up',
    '--nodes',
    String(nodes),
    '--data',
    join(folder, 'cluster'),
    '--json',
  ])
  const [line] = await Promise.race([
    once(createInterface(cluster.stdout), 'line'),
    once(cluster, 'exit').then(() => Promise.reject(new Error(cluster.said))),
  ])
  const known = JSON.parse(line).nodes
  const flags = known.flatMap(({ ingress, admin }) => [
    '--restate-url',
    ingress,
    '--restate-admin-url',
    admin,
  ])
  const shared = [...flags, '--key-file', key, '--egress', 'open']

  const balancers = new Map()
  const startWorker = async (revision = 'one') => {
    const balancer = balancers.get(revision) ?? (await startBalancer())
    balancers.set(revision, balancer)
    const port = await freePort()
    const advertise = `http://127.0.0.1:${balancer.port}`
    balancer.targets.push(port)
    const args = [
      'worker',
      ...shared,
      '--port',
      String(port),
      '--advertise',
      advertise,
      '--revision',
      revision,
    ]
    const worker = launch([command, ...args, '--per-origin', String(perOrigin)])
    worker.revision = revision
    worker.on('exit', () => balancer.targets.splice(balancer.targets.indexOf(port), 1))
    await says(worker, 'working as')
    return worker
  }
  const started = []
  for (let count = 0; count < workers; count++) started.push(await startWorker())
  const data = ['--data', join(folder, 'server')]
  const serve = launch([command, 'serve', '--engine', 'restate', ...shared, ...data, '--port', '0'])
  await says(serve, 'listening on')
  const api = `${/listening on (\S+)/.exec(serve.said)[1]}/api/v1`

  return {
    api,
    far: farUrl,
    folder,
    nodes: known,
    workers: started,
    serve,
    startWorker,
    sql: (query) => sql(known, query),
    drain: () => finished(launch([command, 'worker', 'drain', ...flags])),
    cpuMs: () => ({
      restate: sum(known.map(({ pid }) => cpuMsOf(pid))),
      workers: sum(started.map(({ pid }) => cpuMsOf(pid))),
      serve: cpuMsOf(serve.pid),
    }),
    rssMiB: () => ({
      restate: sum(known.map(({ pid }) => rssMiBOf(pid))),
      workers: sum(started.map(({ pid }) => rssMiBOf(pid))),
    }),
    diskMiB: () => diskMiB(join(folder, 'cluster')),
    async stop() {
      for (const child of [serve, ...started]) if (child.exitCode === null) child.kill('SIGKILL')
      cluster.kill('SIGTERM')
      await finished(cluster)
      for (const child of children) child.kill('SIGKILL')
      for (const balancer of balancers.values()) balancer.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Rows of Restate's tables, from whichever node answers. */
async function sql(nodes, query) {
  for (let round = 0; round < 60; round++) {
    for (const { admin } of nodes) {
      const answer = await fetch(`${admin}/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query }),
      }).catch(() => null)
      if (answer?.ok) return (await answer.json()).rows
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('no node answers')
}

export function finished(child) {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : once(child, 'exit').then(([code]) => code)
}

async function freePort() {
  const balancer = await startBalancer()
  balancer.close()
  return balancer.port
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0)
}

/** User and system time; what has ended counts as nothing. */
export function cpuMsOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

export function rssMiBOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    return 0
  }
}

function diskMiB(folder) {
  let bytes = 0
  for (const name of readdirSync(folder, { recursive: true })) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })
    if (found?.isFile()) bytes += found.blocks * 512
  }
  return bytes / 1024 / 1024
}
