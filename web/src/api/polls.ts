import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { LedgerEntry } from '../../../src/core/poll.ts'
import type { AttemptView, PollCommand, PollView, Trial } from '../../../src/engine/engine.ts'
import type { Caller } from '../../../src/server/tokens.ts'
import type { PollStatus } from '../../../src/store/store.ts'
import { request } from './request.ts'

export type { AttemptView, LedgerEntry, PollCommand, PollStatus, PollView, Trial }

export interface RunsPage {
  readonly polls: readonly PollView[]
  readonly next: string | null
}

const REFRESH_MS = 2000
const ROWS = 100
/** Cells of a row in the list. */
export const CELLS = 12

/** Who asks, and so what may be offered. */
export function useCaller() {
  return useQuery({
    queryKey: ['me'],
    queryFn: () => request<Caller>('/me'),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Runs, newest first, page by page; what is loaded is kept up to date while the page is looked at. */
export function useRuns(status: PollStatus | null) {
  return useInfiniteQuery({
    queryKey: ['runs', status],
    queryFn: ({ pageParam, signal }) =>
      request<RunsPage>(
        `/polls?limit=${ROWS}${status ? `&status=${status}` : ''}${pageParam ? `&cursor=${pageParam}` : ''}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
}

export function usePoll(id: string) {
  return useQuery({
    queryKey: ['poll', id],
    queryFn: ({ signal }) => request<PollView>(`/polls/${encodeURIComponent(id)}`, { signal }),
  })
}

/** The last attempts of a poll. The first event is the submission, so those after `count - CELLS` hold at least them. */
export function useLastAttempts({ id, iterationCount }: PollView) {
  return useQuery({
    queryKey: ['cells', id, iterationCount],
    queryFn: async ({ signal }) => {
      const after = Math.max(0, iterationCount - CELLS)
      const { attempts } = await request<{ attempts: LedgerEntry[] }>(
        `/polls/${id}/attempts?cursor=${after}`,
        { signal },
      )
      return attempts.slice(-CELLS)
    },
    enabled: iterationCount > 0,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  })
}

/** Commands a poll; what it has become is shown at once. */
export function useCommand(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (command: PollCommand) =>
      request<PollView>(`/polls/${encodeURIComponent(id)}/${command}`, { post: true }),
    onSuccess: (poll) => client.setQueryData(['poll', id], poll),
  })
}

export function submitPoll(body: unknown): Promise<PollView> {
  return request('/polls', { body })
}

export function tryPoll(body: unknown, signal: AbortSignal): Promise<Trial> {
  return request('/polls/try', { body, signal })
}
