// One engine over one store in a process of its own: submits polls that never end, lets them run, prints one line of JSON.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedEngine } from '../src/engine/embedded/embedded-engine.ts'
import { createSealer } from '../src/engine/embedded/sealer.ts'
import { systemClock } from '../src/engine/system-clock.ts'
import { timeOrderedId } from '../src/engine/time-ordered-id.ts'
import { createTransport } from '../src/http/transport.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { openStore } from '../src/store/open-store.ts'

interface Setting {
  readonly store: 'sqlite' | 'memory'
  readonly folder: string
  readonly url: string
  readonly polls: number
  readonly intervalSeconds: number
  readonly warmSeconds: number
  readonly seconds: number
}

const AT_ONCE = 2000

async function run(setting: Setting): Promise<void> {
  const { polls, intervalSeconds, warmSeconds, seconds } = setting
  const store = setting.store === 'memory' ? memoryStore() : await openStore(join(setting.folder, 'bench.db'))
  const transport = await createTransport({ clock: systemClock })
  const late: number[] = []
  let isMeasured = false
  const engine = await embeddedEngine({
    store,
    sealer: createSealer(randomBytes(32)),
    effects: { clock: systemClock, random: Math.random, newId: () => timeOrderedId(systemClock), transport },
    onAttempt: ({ lateMs }) => {
      if (isMeasured) late.push(lateMs)
    },
    onProblem: (error) => console.error(error),
  })
  const task = (i: number, afterSeconds: number) => ({
    url: `${setting.url}?job=${i}`,
    headers: { authorization: 'Bearer 4DFJGR0000000000' },
    exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"' },
    pollIntervalSeconds: intervalSeconds,
    pollCount: 1_000_000,
    initialDelaySeconds: afterSeconds,
  })
  const began = performance.now()
  for (let i = 0; i < polls; i += AT_ONCE) {
    const some = Math.min(AT_ONCE, polls - i)
    // Spread over the interval, and none due while others are still taken in: the first wait counts from its own instant.
    const ahead = (performance.now() - began) / 1000
    const wait = () => Math.max(0, (polls / 8000 - ahead) * 1.2) + Math.random() * intervalSeconds
    await Promise.all(
      Array.from({ length: some }, (_, k) =>
        engine.submit({ task: task(i + k, wait()), name: null, idempotency: null }),
      ),
    )
  }
  const submitSeconds = (performance.now() - began) / 1000
  await sleep(1000 * (Math.max(0, (polls / 8000) * 1.2 - submitSeconds) + warmSeconds))
  isMeasured = true
  const [cpu, main, from] = [process.cpuUsage(), mainThreadSeconds(), performance.now()]
  await sleep(seconds * 1000)
  isMeasured = false
  const took = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const ofMain = mainThreadSeconds() - main
  late.sort((a, b) => a - b)
  const at = (share: number) => late[Math.min(late.length - 1, Math.floor(share * late.length))] ?? 0
  console.log(
    JSON.stringify({
      attemptsPerSecond: late.length / took,
      cpuMicroseconds: (user + system) / late.length,
      mainMicroseconds: (ofMain * 1e6) / late.length,
      cores: (user + system) / 1e6 / took,
      lateMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
      rssMegabytes: process.memoryUsage().rss / 1e6,
      submitPerSecond: polls / submitSeconds,
    }),
  )
  if (!process.env.BIDE_PROFILED) process.kill(process.pid, 'SIGKILL')
  process.exit(0)
}

/** In ticks of a hundredth of a second, after the command's name in brackets. */
function mainThreadSeconds(): number {
  const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

await run(JSON.parse(process.argv[2] as string) as Setting)
