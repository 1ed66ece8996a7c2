import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PipelineShape } from '../../../src/pipeline/picture.ts'
import { type LineProblem, request } from './request.ts'

export interface PipelineRow {
  readonly name: string
  readonly description: string
  readonly enabled: boolean
  readonly concurrency: number
  readonly updatedAt: string
  readonly lastExecution: {
    readonly executionId: string
    readonly status: string
    readonly startedAt: string
  } | null
}

export interface PipelineView {
  readonly name: string
  readonly text: string
  readonly updatedAt: string
  /** Tells this version from any other. */
  readonly etag: string
  readonly enabled: boolean
  readonly description: string
  readonly concurrency: number
  /** Defaults by name. */
  readonly input: Readonly<Record<string, string>>
  readonly inputMeta: Readonly<Record<string, { readonly description: string; readonly mandatory: boolean }>>
  readonly shape: PipelineShape
}

/** What became of a text that was kept. */
export interface Kept {
  readonly name: string
  readonly updatedAt: string
  readonly etag: string
  /** Warnings. */
  readonly problems: readonly LineProblem[]
}

/** Nothing tells what others write. */
const REFRESH_MS = 30_000

export function usePipelines() {
  return useQuery({
    queryKey: ['pipelines'],
    queryFn: async ({ signal }) =>
      (await request<{ pipelines: PipelineRow[] }>('/pipelines', { signal })).pipelines,
    refetchInterval: REFRESH_MS,
  })
}

export function usePipeline(name: string) {
  return useQuery({
    queryKey: ['pipeline', name],
    queryFn: ({ signal }) => request<PipelineView>(pathOf(name), { signal }),
  })
}

/** What has to be there for a text to be kept: the version of that tag, nothing, or whatever. */
export type Instead = { readonly etag: string } | 'nothing' | 'whatever'

/** @throws ProblemError of status 412 where something else is there. */
export function savePipeline(name: string, text: string, instead: Instead): Promise<Kept> {
  const headers: Record<string, string> =
    instead === 'whatever'
      ? {}
      : instead === 'nothing'
        ? { 'if-none-match': '*' }
        : { 'if-match': instead.etag }
  return request(pathOf(name), { method: 'PUT', yaml: text, headers })
}

/** What the server makes of a text; nothing is kept. */
export async function checkAtServer(text: string): Promise<readonly LineProblem[]> {
  const { problems } = await request<{ problems: LineProblem[] }>('/pipelines/check', {
    method: 'POST',
    yaml: text,
  })
  return problems
}

export function useRemovePipeline(name: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request<void>(pathOf(name), { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['pipelines'] }),
  })
}

export interface Started {
  readonly executionId: string
  readonly executionLink: string
  readonly executionIndex: number
}

export function startExecution(
  name: string,
  body: { readonly input: Readonly<Record<string, string>>; readonly comments: string },
): Promise<Started> {
  return request(`${pathOf(name)}/executions`, { body })
}

function pathOf(name: string): string {
  return `/pipelines/${encodeURIComponent(name)}`
}
