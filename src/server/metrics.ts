import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { VERSION } from '../core/version.ts'
import type { MadeAttempt } from '../engine/embedded/embedded-engine.ts'
import type { EngineLoad } from '../engine/engine.ts'
import { createRecent } from './recent.ts'

/** What is measured of a server. No label holds a URL or anything that a caller has chosen. */
export interface Metrics {
  attempted(made: MadeAttempt): void
  /** Something was kept so long after it was asked for. */
  committed(ms: number): void
  answered(request: AnsweredRequest): void
  /** From then on it can say how much there is to do. */
  watch(source: MetricSource): void
  /** In the text format of Prometheus. */
  text(): Promise<string>
  /** The same in few words, for a person. */
  health(): Promise<Health>
}

export interface AnsweredRequest {
  readonly method: string
  /** The template of the path. */
  readonly route: string
  readonly code: number
  readonly durationMs: number
}

export interface MetricSource {
  /** Its name. */
  readonly engine: string
  readonly load: () => Promise<EngineLoad | null>
  /** Null where the store is elsewhere. */
  readonly storeBytes: () => number | null
}

/** What cannot be known of an engine is null. */
export interface Health {
  readonly engine: string
  readonly version: string
  readonly startedAt: string
  readonly waiting: number | null
  readonly running: number | null
  readonly paused: number | null
  readonly queued: number | null
  readonly attemptsPerSecond: number
  readonly latenessMs: Percentiles
  readonly storeCommitMs: Percentiles
  readonly storeBytes: number | null
}

/** Of the last ten seconds; null where there was nothing. */
export interface Percentiles {
  readonly p50: number | null
  readonly p99: number | null
}

const FINE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const LONG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** `now` in ms. */
export function createMetrics(now: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const attempts = new Counter({
    name: 'bide_attempts_total',
    help: 'Attempts by verdict.',
    labelNames: ['verdict'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'bide_attempt_duration_seconds',
    help: 'From the start of an attempt to its answer.',
    buckets: LONG_SECONDS,
    registers,
  })
  const latenessSeconds = new Histogram({
    name: 'bide_attempt_lateness_seconds',
    help: 'From the instant at which an attempt was due to its start.',
    buckets: FINE_SECONDS,
    registers,
  })
  const commitSeconds = new Histogram({
    name: 'bide_store_commit_seconds',
    help: 'From asking the store to keep something until it was on the disk.',
    buckets: FINE_SECONDS,
    registers,
  })
  const requests = new Counter({
    name: 'bide_http_requests_total',
    help: 'Requests to the API by route and code.',
    labelNames: ['method', 'route', 'code'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'bide_http_request_duration_seconds',
    help: 'From a request to the head of its answer.',
    labelNames: ['method', 'route'],
    buckets: LONG_SECONDS,
    registers,
  })
  new Gauge({ name: 'bide_info', help: 'The version.', labelNames: ['version'], registers }).set(
    { version: VERSION },
    1,
  )
  const startedAt = new Date(now()).toISOString()
  let watched: MetricSource | null = null
  const lateness = createRecent(now)
  const commits = createRecent(now)
  return {
    attempted({ verdict, durationMs, lateMs }) {
      attempts.inc({ verdict })
      attemptSeconds.observe(durationMs / 1000)
      latenessSeconds.observe(lateMs / 1000)
      lateness.add(lateMs)
    },
    committed(ms) {
      commitSeconds.observe(ms / 1000)
      commits.add(ms)
    },
    answered({ method, route, code, durationMs }) {
      requests.inc({ method, route, code })
      requestSeconds.observe({ method, route }, durationMs / 1000)
    },
    watch(source) {
      watched = source
      addGauges(registers, source)
    },
    text: () => registry.metrics(),
    async health() {
      const load = watched === null ? null : await watched.load()
      return {
        engine: watched?.engine ?? 'none',
        version: VERSION,
        startedAt,
        waiting: load && waitingOf(load),
        running: load?.running ?? null,
        paused: load?.paused ?? null,
        queued: load?.queued ?? null,
        attemptsPerSecond: lateness.perSecond(),
        latenessMs: percentiles(lateness),
        storeCommitMs: percentiles(commits),
        storeBytes: watched === null ? null : await watched.storeBytes(),
      }
    },
  }
}

/** Neither asked right now, nor paused. */
function waitingOf({ open, running, paused }: EngineLoad): number {
  return Math.max(0, open - running - paused)
}

function percentiles(recent: { percentile(share: number): number | null }): Percentiles {
  return { p50: recent.percentile(0.5), p99: recent.percentile(0.99) }
}

/** Read when somebody asks. */
function addGauges(registers: Registry[], { engine, load, storeBytes }: MetricSource): void {
  const gauge = (name: string, help: string, read: () => Promise<number | null> | number | null) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const value = await read()
        if (value !== null) this.set(value)
      },
    })
  const loadOf = async (read: (load: EngineLoad) => number) => {
    const known = await load()
    return known && read(known)
  }
  gauge('bide_waiting_runs', 'Runs that wait for their next attempt.', () => loadOf(waitingOf))
  gauge('bide_paused_runs', 'Runs that are paused.', () => loadOf(({ paused }) => paused))
  gauge('bide_running_attempts', 'Attempts in flight.', () => loadOf(({ running }) => running))
  gauge('bide_store_bytes', 'Bytes of the store on the disk.', storeBytes)
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  new Gauge({
    name: 'bide_queue_length',
    help: 'Attempts that are due and wait for their turn, by engine.',
    labelNames: ['engine'],
    registers,
    async collect() {
      const known = await load()
      if (known !== null) this.set({ engine }, known.queued)
    },
  })
}
