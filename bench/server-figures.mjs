import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { printTable } from './server.mjs'

const MANY = Number(process.env.BIDE_BENCH_POLLS ?? 1_000_000)
/** All of them are asked once in so many seconds. */
const INTERVAL_SECONDS = Number(process.env.BIDE_BENCH_INTERVAL ?? 200)
const SINGLES = 2000
const AT_ONCE = 32
const BATCH = 10_000
const WATCHED_SECONDS = 30
const SETTLED_SECONDS = 5
const CALLS = 1000
const LOOKED_AGAIN_SECONDS = 15

const dispatcher = new Agent({ connections: AT_ONCE })

/**
 * The figures of a whole server: submitting, waiting, restarting after kill -9, answering while it polls. `data` is its
 * folder: what waits there already is taken as it is.
 */
export async function serverFigures(data, url) {
  const isThere = existsSync(join(data, 'bide.db'))
  console.log(`\nOne server, ${MANY} polls of one origin that are asked every ${INTERVAL_SECONDS} s.`)
  let server = isThere ? null : await serve(data)
  try {
    if (server !== null) {
      const firstDueAt = await submitFigures(server, url)
      await until(firstDueAt + SETTLED_SECONDS * 1000)
      await waitingFigures(server, 'asked for the first time')
      await until(firstDueAt + (INTERVAL_SECONDS + SETTLED_SECONDS) * 1000)
      await waitingFigures(server, 'asked again')
      server.process.kill('SIGKILL')
      await once(server.process, 'exit')
    }
    server = await restartFigures(data)
    if (isThere) await waitingFigures(server, 'asked')
  } finally {
    server?.process.kill('SIGKILL')
  }
}

/** Epoch ms at which the first of the polls of batches is due. */
async function submitFigures(server, url) {
  const single = await submitSingly(server, url)
  const cpuOfBatches = cpuMeter(server, MANY - SINGLES)
  const batch = await submitBatches(server, url)
  printTable(
    ['submitting', 'measured', 'target'],
    [
      ['one by one, a second (32 callers)', single.toFixed(0), ''],
      ['in batches of 10,000, a second', batch.perSecond.toFixed(0), '10,000 or more'],
      ['its CPU a poll, us: in all / of the main thread', cpuOfBatches(), ''],
      ['RSS behind it, MB', (rssBytes(server) / 1e6).toFixed(0), '400 or less'],
    ],
  )
  return batch.firstDueAt
}

async function waitingFigures(server, title) {
  const before = await counters(server)
  const cpuBefore = cpuSeconds(server)
  const cpuOfAttempts = cpuMeter(server)
  const calls = callApi(server)
  await sleep(WATCHED_SECONDS * 1000)
  const after = await counters(server)
  const late = latenessOf(before, after)
  const cpuAnAttempt = cpuOfAttempts(late.count)
  const cores = (cpuSeconds(server) - cpuBefore) / WATCHED_SECONDS
  const api = await calls
  printTable(
    [title, 'measured', 'target'],
    [
      ['waiting', String(after.waiting), ''],
      [`attempts a second, ${(MANY / INTERVAL_SECONDS).toFixed(0)} asked for`, late.perSecond.toFixed(0), ''],
      ['its CPU an attempt, us: in all / of the main thread', cpuAnAttempt, ''],
      ['late p50 / p99, ms', `${late.p50} / ${late.p99}`, 'p99 100 or less'],
      ['cores taken', cores.toFixed(2), ''],
      ['RSS, MB', (rssBytes(server) / 1e6).toFixed(0), '400 or less'],
      ['API p50 / p99 meanwhile, ms', `${api.p50.toFixed(0)} / ${api.p99.toFixed(0)}`, 'p99 100 or less'],
    ],
  )
}

async function restartFigures(data) {
  const from = performance.now()
  const server = await serve(data)
  await ask(server, '/polls?limit=1')
  const [seconds, cpu] = [(performance.now() - from) / 1000, cpuSeconds(server)]
  const rss = await rssAfter(server, LOOKED_AGAIN_SECONDS)
  printTable(
    ['restart after kill -9', 'measured', 'target'],
    [
      ['until it answers, s: wall / CPU', `${seconds.toFixed(2)} / ${cpu.toFixed(2)}`, '3 or less'],
      [`RSS ${LOOKED_AGAIN_SECONDS} s later, MB`, rss.toFixed(0), '400 or less'],
    ],
  )
  return server
}

async function serve(data) {
  const bide = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
  const args = [bide, 'serve', '--port', '0', '--data', data, '--egress-allow', '127.0.0.1']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  process.once('exit', () => child.kill('SIGKILL'))
  let said = ''
  for await (const chunk of child.stderr) {
    said += chunk
    const url = /listening on (http:\S+)/.exec(said)?.[1]
    if (url !== undefined) {
      child.stderr.resume()
      return { process: child, url }
    }
  }
  throw new Error(`bide serve did not start: ${said}`)
}

function taskOf(url, i, afterSeconds) {
  return JSON.stringify({
    url: `${url}?job=${i}`,
    headers: { authorization: 'Bearer 4DFJGR0000000000' },
    exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"' },
    pollIntervalSeconds: INTERVAL_SECONDS,
    pollCount: 1_000_000,
    initialDelaySeconds: afterSeconds,
  })
}

async function submitSingly(server, url) {
  const from = performance.now()
  let next = 0
  const caller = async () => {
    while (next < SINGLES)
      await ask(server, '/polls', { type: 'application/json', body: taskOf(url, next++, 3600) })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  return SINGLES / ((performance.now() - from) / 1000)
}

/** Spread over the interval, and none due while others are still taken in. A server takes a million, the single ones too. */
async function submitBatches(server, url) {
  const most = MANY - SINGLES
  const from = performance.now()
  let submitted = 0
  let firstDueAt = 0
  while (submitted < most) {
    const tookSeconds = (performance.now() - from) / 1000
    const expected = submitted === 0 ? most / 4000 : (tookSeconds / submitted) * (most - submitted)
    const leftSeconds = Math.min(expected, most / 1000)
    const size = Math.min(BATCH, most - submitted)
    firstDueAt = Math.max(firstDueAt, Date.now() + leftSeconds * 1200)
    const wait = () => leftSeconds * 1.2 + Math.random() * INTERVAL_SECONDS
    const lines = Array.from({ length: size }, (_, k) => taskOf(url, submitted + k, wait()))
    const answers = await ask(server, '/polls/batch', {
      type: 'application/x-ndjson',
      body: lines.join('\n'),
    })
    const accepted = answers.trimEnd().split('\n')
    if (accepted.length !== size || answers.includes('"problem"')) throw new Error(answers.slice(0, 500))
    submitted += size
  }
  return { perSecond: most / ((performance.now() - from) / 1000), firstDueAt }
}

/** What callers see while it polls: one poll after another, and pages of the list. */
async function callApi(server) {
  const taken = []
  const { polls } = JSON.parse(await ask(server, '/polls?limit=100'))
  for (let i = 0; i < CALLS; i++) {
    const from = performance.now()
    await ask(server, i % 4 === 3 ? '/polls?limit=20' : `/polls/${polls[i % polls.length].id}`)
    taken.push(performance.now() - from)
    await sleep(20)
  }
  taken.sort((a, b) => a - b)
  return { p50: taken[CALLS >> 1], p99: taken[Math.floor(CALLS * 0.99)] }
}

async function ask(server, path, { type, body } = {}) {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': type }, body }
  const options = { dispatcher, headersTimeout: 120_000, bodyTimeout: 120_000, ...init }
  const response = await request(`${server.url}/api/v1${path}`, options)
  const text = await response.body.text()
  if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${text}`)
  return text
}

/** The histogram of lateness: how many attempts were at most so late. */
async function counters(server) {
  const text = await (await request(`${server.url}/metrics`, { dispatcher })).body.text()
  const bounds = [...text.matchAll(/^bide_attempt_lateness_seconds_bucket\{le="([^"]+)"\} (\d+)/gm)]
  return {
    at: performance.now(),
    waiting: Number(/^bide_waiting_runs (\d+)/m.exec(text)?.[1]),
    bounds: bounds.map(([, bound, count]) => [
      bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      Number(count),
    ]),
  }
}

function latenessOf(before, after) {
  const counts = after.bounds.map(([bound, count], i) => [bound, count - before.bounds[i][1]])
  const all = counts.at(-1)[1]
  const at = (share) => {
    const [bound] = counts.find(([, count]) => count >= share * all)
    return Number.isFinite(bound) ? `<= ${bound * 1000}` : `> ${counts.at(-2)[0] * 1000}`
  }
  return { count: all, perSecond: (all * 1000) / (after.at - before.at), p50: at(0.5), p99: at(0.99) }
}

function rssBytes({ process: { pid } }) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}

/** What is taken from now on, for each of so many. */
function cpuMeter(server, count = null) {
  const [all, main] = [cpuSeconds(server), mainThreadSeconds(server)]
  return (counted = count) =>
    [cpuSeconds(server) - all, mainThreadSeconds(server) - main]
      .map((seconds) => ((seconds * 1e6) / counted).toFixed(0))
      .join(' / ')
}

function cpuSeconds({ process: { pid } }) {
  return secondsOf(`/proc/${pid}/stat`)
}

function mainThreadSeconds({ process: { pid } }) {
  return secondsOf(`/proc/${pid}/task/${pid}/stat`)
}

/** In ticks of a hundredth of a second, after the command's name in brackets. */
function secondsOf(path) {
  const fields = readFileSync(path, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function rssAfter(server, seconds) {
  await sleep(seconds * 1000)
  return rssBytes(server) / 1e6
}

function until(at) {
  return sleep(Math.max(0, at - Date.now()))
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
