import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { AttemptView } from '../api/polls.ts'
import { request } from '../api/request.ts'

/** What came back in an attempt; null until it is there. Fetched once: an attempt does not change. */
export function useAttempt(id: string, iteration: number | undefined): AttemptView | null {
  const { data } = useQuery({
    queryKey: ['attempt', id, iteration],
    queryFn: ({ signal }) =>
      request<AttemptView>(`/polls/${encodeURIComponent(id)}/attempts/${iteration}`, { signal }),
    enabled: iteration !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
  return iteration === undefined ? null : (data ?? null)
}
