import { useQuery } from '@tanstack/react-query'
import { request } from './request.ts'

export interface Percentiles {
  readonly p50: number | null
  readonly p99: number | null
}

/** What `GET /health` tells; null is what an engine cannot know. */
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

const REFRESH_MS = 2000

export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => request<Health>('/health', { signal }),
    refetchInterval: REFRESH_MS,
    retry: false,
  })
}
