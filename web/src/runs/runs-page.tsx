import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { type PollStatus, type PollView, useCaller, useRuns } from '../api/polls.ts'
import { sayError } from '../api/request.ts'
import { count } from '../words.ts'
import { RunsList } from './runs-list.tsx'

const STATUSES: readonly PollStatus[] = ['RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELED']

/** Every run that the server keeps, newest first. */
export function RunsPage() {
  const [status, setStatus] = useState<PollStatus | null>(null)
  const [text, setText] = useState('')
  const runs = useRuns(status)
  const loaded = useMemo(() => runs.data?.pages.flatMap((page) => page.polls) ?? [], [runs.data])
  const shown = useMemo(() => loaded.filter((poll) => holds(poll, text)), [loaded, text])
  return (
    <>
      <div className="heading">
        <h1>Runs</h1>
        <p className="quiet tabular">{runs.data && summary(shown.length, loaded.length, runs.hasNextPage)}</p>
      </div>
      <search className="filters">
        <label>
          Status
          <select
            value={status ?? ''}
            onChange={({ target }) => setStatus((target.value || null) as PollStatus | null)}
          >
            <option value="">All</option>
            {STATUSES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className="grow">
          Name or URL
          <input type="search" value={text} onChange={({ target }) => setText(target.value)} />
        </label>
      </search>
      {runs.isError && (
        <p className="lost" role="alert">
          {sayError(runs.error)} What is shown is as it was last known; it is tried again by itself.
        </p>
      )}
      {runs.data && loaded.length === 0 && <NothingYet isFiltered={status !== null} />}
      {loaded.length > 0 && shown.length === 0 && (
        <p className="quiet">No run that is loaded holds this text.</p>
      )}
      {shown.length > 0 && (
        <RunsList polls={shown} onEnd={() => runs.hasNextPage && !runs.isFetching && runs.fetchNextPage()} />
      )}
    </>
  )
}

function summary(shown: number, loaded: number, isMore: boolean): string {
  const all = `${count(loaded, 'run')}${isMore ? ' loaded, more below' : ''}`
  return shown === loaded ? all : `${shown} of ${all}`
}

function holds({ name, task, id }: PollView, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return [name ?? '', task.url, id].some((part) => part.toLowerCase().includes(wanted))
}

function NothingYet({ isFiltered }: { isFiltered: boolean }) {
  const caller = useCaller().data
  if (isFiltered) return <p className="quiet">No run has this status.</p>
  return (
    <section className="card empty">
      <h2>Nothing is waited for yet</h2>
      <p>
        A poll asks a URL again and again until a condition says that the job behind it is done, or has
        failed.
      </p>
      {caller && caller.role !== 'viewer' && (
        <Link href="/new" className="button primary">
          New poll
        </Link>
      )}
    </section>
  )
}
