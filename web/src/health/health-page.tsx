import '../style/health.css'
import type { ReactNode } from 'react'
import { type Percentiles, useHealth } from '../api/health.ts'
import { sayError } from '../api/request.ts'
import { useNow } from '../now.ts'
import { fullTime, seconds, took } from '../words.ts'
import { Sparkline } from './sparkline.tsx'
import { useHistory } from './use-history.ts'

/** How the server goes: what waits, how late it is, how long its store takes. */
export function HealthPage() {
  const { data, error, dataUpdatedAt } = useHealth()
  const rate = useHistory(data?.attemptsPerSecond, dataUpdatedAt)
  const late = useHistory(data?.latenessMs.p99, dataUpdatedAt)
  const waiting = useHistory(data?.waiting, dataUpdatedAt)
  return (
    <>
      <div className="heading">
        <h1>Health</h1>
        {data && (
          <p className="quiet tabular">
            bide {data.version}, {data.engine} engine, up for <Since at={data.startedAt} />
          </p>
        )}
      </div>
      {error && (
        <p className="lost" role="alert">
          {sayError(error)} {data && 'What is shown is as it was last known; it is tried again by itself.'}
        </p>
      )}
      {!data && !error && <p className="quiet">Loading…</p>}
      {data && (
        <div className="tiles">
          <Tile name="Waiting" value={amount(data.waiting)} values={waiting}>
            runs that wait for their next attempt
          </Tile>
          <Tile name="Attempts a second" value={amount(data.attemptsPerSecond)} values={rate}>
            {amount(data.running)} in flight, {amount(data.queued)} due and waiting for their turn
          </Tile>
          <Tile name="Lateness" value={time(data.latenessMs.p99)} values={late}>
            99 of 100 attempts start that late at most; half of them {time(data.latenessMs.p50)}
          </Tile>
          <Tile name="Paused" value={amount(data.paused)}>
            runs that wait for somebody
          </Tile>
          <Tile name="Store" value={bytes(data.storeBytes)}>
            on the disk
          </Tile>
          <Tile name="Store writes" value={time(data.storeCommitMs.p99)}>
            99 of 100 are on the disk within that; half of them within {time(data.storeCommitMs.p50)}
          </Tile>
        </div>
      )}
      <p className="quiet">
        Rates and times are of the last ten seconds. The same and more is at <code>/metrics</code>, for
        Prometheus.
      </p>
    </>
  )
}

interface TileProps {
  readonly name: string
  readonly value: string
  readonly values?: readonly number[]
  readonly children: ReactNode
}

function Tile({ name, value, values, children }: TileProps) {
  return (
    <section className="card tile" aria-label={name}>
      <h2>{name}</h2>
      <p className="figure tabular">{value}</p>
      <p className="quiet tabular">{children}</p>
      {values && <Sparkline values={values} />}
    </section>
  )
}

function Since({ at }: { at: string }) {
  return <span title={fullTime(at)}>{seconds(Math.max(0, useNow() - Date.parse(at)) / 1000)}</span>
}

const UNKNOWN = '–'
const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

function amount(value: number | null): string {
  return value === null ? UNKNOWN : NUMBER.format(value)
}

function time(ms: Percentiles['p50']): string {
  return ms === null ? UNKNOWN : ms < 10 ? `${NUMBER.format(ms)} ms` : took(ms)
}

/** `640 KB`, `1.2 GB`. */
function bytes(value: number | null): string {
  if (value === null) return UNKNOWN
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return `${NUMBER.format(value / 1000 ** power)} ${units[power]}`
}
