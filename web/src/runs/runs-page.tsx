import '../style/runs.css'
import { useEffect, useMemo } from 'react'
import { Link } from 'wouter'
import { useCaller } from '../api/polls.ts'
import { sayError } from '../api/request.ts'
import { type RunFilter, useLiveRuns, useRuns } from '../api/runs.ts'
import { ConnectionLost } from '../connection-lost.tsx'
import { count } from '../words.ts'
import { FilterFields } from './filter-fields.tsx'
import { isFiltered, useRunFilter } from './run-filter.ts'
import { RunsList } from './runs-list.tsx'

/** Every run that the server keeps, newest first. */
export function RunsPage() {
  const [filter, change] = useRunFilter()
  const runs = useRuns(filter)
  const connection = useLiveRuns(filter)
  const mayLoad = runs.hasNextPage && !runs.isFetching
  const loaded = useMemo(() => runs.data?.pages.flatMap((page) => page.runs) ?? [], [runs.data])
  // A search through much may find nothing in its first part.
  const goesOn = mayLoad && loaded.length === 0
  useEffect(() => {
    if (goesOn) void runs.fetchNextPage()
  }, [goesOn, runs.fetchNextPage])
  return (
    <>
      <div className="heading">
        <h1>Runs</h1>
        <p className="quiet tabular">
          {runs.data &&
            `${count(loaded.length, 'run')}${runs.hasNextPage ? (loaded.length === 0 ? ' so far' : ' loaded, more below') : ''}`}
        </p>
      </div>
      <FilterFields filter={filter} onChange={change} />
      <ConnectionLost connection={connection} />
      {runs.isError && connection !== 'lost' && (
        <p className="lost" role="alert">
          {sayError(runs.error)}
        </p>
      )}
      {runs.isPending && !runs.isError && <Skeleton />}
      {runs.isSuccess && loaded.length === 0 && !runs.hasNextPage && <NothingYet filter={filter} />}
      {loaded.length > 0 && <RunsList runs={loaded} mayLoad={mayLoad} onEnd={runs.fetchNextPage} />}
    </>
  )
}

/** Rows without words, where rows will be. */
function Skeleton() {
  return (
    <div className="runs skeleton" aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
        <div key={index} className="run" />
      ))}
    </div>
  )
}

function NothingYet({ filter }: { filter: RunFilter }) {
  const caller = useCaller().data
  if (isFiltered(filter)) return <p className="card empty quiet">No run is as these filters ask.</p>
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
