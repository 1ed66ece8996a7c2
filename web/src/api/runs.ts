import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { RunRow } from '../../../src/engine/executions.ts'
import { type Connection, follow } from './events.ts'
import { request } from './request.ts'

export type { RunRow }

/** What of all runs is wanted; empty for whichever. */
export interface RunFilter {
  readonly kind: string
  readonly status: string
  readonly name: string
  readonly pipeline: string
  readonly text: string
}

interface RunsPage {
  readonly runs: readonly RunRow[]
  readonly next: string | null
}

const ROWS = 100
/** A list that is behind is read again no more often than this. */
const AGAIN_MS = 2000

/** Runs, newest first, page by page. */
export function useRuns(filter: RunFilter) {
  return useInfiniteQuery({ ...runsQuery(filter), placeholderData: keepPreviousData })
}

export function runsQuery(filter: RunFilter) {
  return infiniteQueryOptions({
    queryKey: ['runs', filter],
    queryFn: ({ pageParam, signal }) => {
      const given = Object.entries({ ...filter, cursor: pageParam }).filter(([, value]) => value !== '')
      return request<RunsPage>(`/runs?${new URLSearchParams([['limit', String(ROWS)], ...given])}`, {
        signal,
      })
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    // What was asked for while the page was being drawn is not asked for again by it.
    staleTime: 1000,
  })
}

/** Keeps what is loaded of runs up to date. */
export function useLiveRuns(filter: RunFilter): Connection {
  const client = useQueryClient()
  const queryKey = ['runs', filter]
  return useRunEvents({
    queryKey,
    take(rows) {
      const { changed, isNew } = changeRows(client.getQueryData<Loaded>(queryKey), rows)
      if (changed !== null) client.setQueryData<Loaded>(queryKey, changed)
      return isNew
    },
  })
}

/** Reads something anew whenever an execution, of that pipeline or of any, has changed. */
export function useReadByExecutions(queryKey: readonly unknown[], pipeline: string | null): Connection {
  return useRunEvents({
    queryKey,
    take: (rows) =>
      rows.some((row) => row.kind === 'execution' && (pipeline === null || row.pipeline === pipeline)),
  })
}

interface Taking {
  readonly queryKey: readonly unknown[]
  /** True where the query has to be read again for them. */
  take(rows: readonly RunRow[]): boolean
}

/** Hears of the runs that change; the query is read again where that is asked for, or something was missed. */
function useRunEvents(taking: Taking): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')
  const latest = useRef(taking)
  latest.current = taking
  const key = JSON.stringify(taking.queryKey)
  useEffect(() => {
    const queryKey = JSON.parse(key) as readonly unknown[]
    let timer: ReturnType<typeof setTimeout> | null = null
    let wasLost = false
    const readAgain = (afterMs: number) => {
      timer ??= setTimeout(() => {
        timer = null
        void client.invalidateQueries({ queryKey })
      }, afterMs)
    }
    const stop = follow('/runs/events', {
      onEvents(events) {
        const rows = events.flatMap(({ kind, data }) => (kind === 'changed' ? [data as RunRow] : []))
        const isBehind = latest.current.take(rows)
        if (isBehind || events.some(({ kind }) => kind === 'reset')) readAgain(AGAIN_MS)
      },
      onConnection(state) {
        setConnection(state)
        if (state === 'lost') wasLost = true
        // What was missed meanwhile.
        if (state === 'live' && wasLost) readAgain(0)
      },
    })
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [client, key])
  return connection
}

type Loaded = InfiniteData<RunsPage>

/** Puts rows in the place of their older selves; `isNew` where there is one that is not loaded, and may belong there. */
export function changeRows(
  loaded: Loaded | undefined,
  rows: readonly RunRow[],
): { readonly changed: Loaded | null; readonly isNew: boolean } {
  if (loaded === undefined || rows.length === 0) return { changed: null, isNew: false }
  const byId = new Map(rows.map((row) => [row.id, row]))
  const pages = loaded.pages.map((page) =>
    page.runs.some(({ id }) => byId.has(id))
      ? { ...page, runs: page.runs.map((row) => taken(byId, row.id) ?? row) }
      : page,
  )
  const newest = loaded.pages[0]?.runs[0]?.startedAt ?? ''
  return {
    changed: { ...loaded, pages },
    isNew: [...byId.values()].some(({ startedAt }) => startedAt >= newest),
  }
}

function taken(rows: Map<string, RunRow>, id: string): RunRow | undefined {
  const row = rows.get(id)
  rows.delete(id)
  return row
}
