import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Connection, follow } from '../api/events.ts'
import type { LedgerEntry } from '../api/polls.ts'

/** Attempts of an execution's Poll tasks. */
export interface TaskAttempts {
  readonly executionId: string
  /** Lists that grow, by the path of their task: `Stage.Task`, or ` > `-joined where it is of a nested run. */
  readonly byTask: Readonly<Record<string, readonly LedgerEntry[]>>
}

export interface Live {
  readonly attempts: TaskAttempts['byTask']
  readonly connection: Connection
}

/** A view is read anew at most so often. */
const SHOW_MS = 300

/** Follows an execution: its attempts, and the view of it read anew whenever something has happened. */
export function useLiveExecution(id: string): Live {
  const client = useQueryClient()
  const [live, setLive] = useState<Live>({ attempts: {}, connection: 'connecting' })
  useEffect(() => {
    const attempts: Record<string, LedgerEntry[]> = {}
    let timer: ReturnType<typeof setTimeout> | null = null
    const show = () => {
      timer = null
      setLive(({ connection }) => ({ attempts: { ...attempts }, connection }))
      client.invalidateQueries({ queryKey: ['execution', id], exact: true })
    }
    const stop = follow(`/executions/${encodeURIComponent(id)}/events`, {
      onEvents(events) {
        for (const { kind, data } of events) if (kind === 'attempt') take(attempts, data as AttemptData)
        timer ??= setTimeout(show, SHOW_MS)
      },
      onConnection: (connection) => setLive((before) => ({ ...before, connection })),
    })
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [id, client])
  return live
}

interface AttemptData {
  readonly path: readonly string[]
  readonly entry: LedgerEntry
}

function take(attempts: Record<string, LedgerEntry[]>, { path, entry }: AttemptData): void {
  const key = path.join(' > ')
  attempts[key] ??= []
  attempts[key].push(entry)
}
