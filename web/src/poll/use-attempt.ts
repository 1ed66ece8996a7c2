import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type AnsweredAttempt, attemptOf, type Polled } from '../api/attempts.ts'

/** What came back in an attempt; null until it is there. Fetched once: an attempt does not change. */
export function useAttempt(polled: Polled, iteration: number | undefined): AnsweredAttempt | null {
  const { data } = useQuery({
    queryKey: ['attempt', polled, iteration],
    queryFn: ({ signal }) => attemptOf(polled, iteration as number, signal),
    enabled: iteration !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
  return iteration === undefined ? null : (data ?? null)
}
