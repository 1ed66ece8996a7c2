import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Connection, followPoll, type PollEvent } from '../api/events.ts'
import type { LedgerEntry } from '../api/polls.ts'

/** An attempt, with how many alike just before it it stands for. */
export interface LiveAttempt extends LedgerEntry {
  readonly folded?: number
}

export interface Live {
  /** In order; the same array grows, so `size` tells that it did. */
  readonly attempts: readonly LiveAttempt[]
  readonly size: number
  /** What else happened: paused, resumed, ended. */
  readonly happenings: readonly PollEvent[]
  readonly connection: Connection
}

const SHOW_MS = 100

/** Every attempt of a poll so far, and each as it comes; shown ten times a second at most. */
export function useAttempts(id: string): Live {
  const client = useQueryClient()
  const [live, setLive] = useState<Live>({ attempts: [], size: 0, happenings: [], connection: 'connecting' })
  useEffect(() => {
    const attempts: LiveAttempt[] = []
    const happenings: PollEvent[] = []
    let timer: ReturnType<typeof setTimeout> | null = null
    const show = () => {
      timer = null
      setLive(({ connection }) => ({
        attempts,
        size: attempts.length,
        happenings: [...happenings],
        connection,
      }))
      client.invalidateQueries({ queryKey: ['poll', id], exact: true })
    }
    const stop = followPoll(id, {
      onEvents(events) {
        for (const event of events) {
          if (event.kind === 'attempt')
            attempts.push({ ...(event.data as LedgerEntry), folded: event.folded ?? 0 })
          else happenings.push(event)
        }
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
