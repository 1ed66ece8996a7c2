import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CLIENTS } from './clients.mjs'
import { median, printTable, startServer } from './server.mjs'

const BARE = 'undici request, bare'
const QUICK = new Set([BARE, 'undici request, with the pause', 'bide'])
/**
 * `quick` and `slow`: attempts a poll of the quick clients and of the others, which have fewer rounds; without `slow`, the
 * quick ones alone.
 */
const SETTINGS = [
  { title: '50 polls at a time', concurrent: 50, quick: 400, rounds: 5, slow: 100, slowRounds: 5 },
  { title: '10,000 polls at a time, of twenty attempts each', concurrent: 10_000, quick: 20, rounds: 3 },
  {
    title: '10,000 polls at a time, of three attempts each',
    concurrent: 10_000,
    quick: 3,
    rounds: 9,
    slow: 3,
    slowRounds: 2,
  },
]

/** One of the settings alone, by a part of its title, and fewer rounds, where a machine is to be had for so long only. */
const { BIDE_BENCH_SETTING = '', BIDE_BENCH_ROUNDS } = process.env

/** Prints what an attempt costs the process that polls, beside the bare client and the peers. */
export async function run() {
  const server = await startServer()
  try {
    for (const usual of SETTINGS) {
      const setting = { ...usual, rounds: Number(BIDE_BENCH_ROUNDS ?? usual.rounds) }
      const { title, rounds, slowRounds = rounds } = setting
      if (!title.includes(BIDE_BENCH_SETTING)) continue
      const others = slowRounds < rounds ? ` (${slowRounds} for the peers)` : ''
      console.log(
        `\n${title}: medians of ${rounds} rounds${others}, every client once a round in a new process.`,
      )
      printTable(
        ['client', 'CPU an attempt, us', 'wall an attempt, us', 'peak RSS, MB', 'CPU / bare', 'CPU / bide'],
        rowsOf(measure(`${server.url}/pending`, setting)),
      )
    }
  } finally {
    server.close()
  }
}

/** What each client took in each round; null where it failed. */
function measure(url, { concurrent, quick, slow, rounds, slowRounds }) {
  const names = Object.keys(CLIENTS).filter((name) => slow !== undefined || QUICK.has(name))
  const taken = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, samples] of taken) {
      if (!QUICK.has(name) && round >= slowRounds) continue
      const each = QUICK.has(name) ? quick : slow
      samples.push(sample(name, [url, String(concurrent), String(each)]))
    }
  }
  return taken
}

function sample(name, args) {
  const client = fileURLToPath(new URL('attempt-client.mjs', import.meta.url))
  try {
    const options = { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 }
    return JSON.parse(execFileSync(process.execPath, [client, name, ...args], options))
  } catch (error) {
    const said = String(error.stderr ?? '').match(/^\w*Error.*$/m)
    console.log(`(${name}: ${said?.[0] ?? error.message})`)
    return null
  }
}

function rowsOf(taken) {
  const [bare, bide] = [taken.get(BARE), taken.get('bide')]
  return [...taken].map(([name, samples]) => {
    const of = (key) => median(samples.filter(Boolean).map((sample) => sample[key]))
    const ratio = (others) => `${ratioOf(samples, others).toFixed(2)}x`
    if (!samples.some(Boolean)) return [name, ...Array(5).fill('failed')]
    const numbers = ['cpuMicroseconds', 'wallMicroseconds', 'peakMegabytes'].map((key) => of(key).toFixed(0))
    return [name, ...numbers, ratio(bare), ratio(bide)]
  })
}

/** The median of the ratios of each round, so that what disturbs a round disturbs both sides. */
function ratioOf(samples, others) {
  const pairs = samples.map((sample, round) => [sample, others[round]]).filter(([a, b]) => a && b)
  return median(pairs.map(([a, b]) => a.cpuMicroseconds / b.cpuMicroseconds))
}
