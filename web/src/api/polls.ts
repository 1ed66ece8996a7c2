import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { LedgerEntry } from '../../../src/core/poll.ts'
import type { AttemptView, PollCommand, PollView, Trial } from '../../../src/engine/engine.ts'
import type { Caller } from '../../../src/server/tokens.ts'
import type { PollStatus } from '../../../src/store/store.ts'
import { request } from './request.ts'

export type { AttemptView, LedgerEntry, PollCommand, PollStatus, PollView, Trial }

/** Who asks, and so what may be offered. */
export function useCaller() {
  return useQuery(CALLER_QUERY)
}

export const CALLER_QUERY = queryOptions({
  queryKey: ['me'],
  queryFn: () => request<Caller>('/me'),
  staleTime: Number.POSITIVE_INFINITY,
})

export function usePoll(id: string) {
  return useQuery({
    queryKey: ['poll', id],
    queryFn: ({ signal }) => request<PollView>(`/polls/${encodeURIComponent(id)}`, { signal }),
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
