import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ExecutionCommand, ExecutionView, RunRow, TaskView } from '../../../src/engine/executions.ts'
import { request } from './request.ts'

export type { ExecutionCommand, ExecutionView, RunRow, TaskView }

const ROWS = 20

/** The executions of a pipeline, newest first, as `useReadByExecutions` keeps them up to date. */
export function useExecutions(pipeline: string) {
  return useInfiniteQuery({
    queryKey: ['executions', pipeline],
    queryFn: ({ pageParam, signal }) =>
      request<{ executions: RunRow[]; next: string | null }>(
        `/executions?pipeline=${encodeURIComponent(pipeline)}&limit=${ROWS}${pageParam ? `&cursor=${pageParam}` : ''}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })
}

export function useExecution(id: string) {
  return useQuery({
    queryKey: ['execution', id],
    queryFn: ({ signal }) => request<ExecutionView>(pathOf(id), { signal }),
    enabled: id !== '',
  })
}

export function useExecutionCommand(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (command: ExecutionCommand) =>
      request<ExecutionView>(`${pathOf(id)}/${command}`, { method: 'POST' }),
    onSuccess: (execution) => client.setQueryData(['execution', id], execution),
  })
}

function pathOf(id: string): string {
  return `/executions/${encodeURIComponent(id)}`
}
