import type { Pipeline } from './definition.ts'
import { notify } from './notices.ts'
import type { RunState } from './run-state.ts'

/** What is told of a run when it begins. */
export interface RunStart {
  readonly pipeline: string
  readonly executionId: string
  /** From 1. */
  readonly executionIndex?: number
  readonly input?: Readonly<Record<string, string>>
  readonly requestBy?: string
  readonly comments?: string
  /** It waits until it is told to begin. */
  readonly isQueued?: boolean
  readonly now: number
}

/** The run before its first step. */
export function newRun(pipeline: Pipeline, begin: RunStart): RunState {
  const run: RunState = {
    version: 1,
    pipeline: pipeline.name,
    executionId: begin.executionId,
    executionIndex: begin.executionIndex ?? 1,
    requestBy: begin.requestBy ?? '',
    comments: begin.comments ?? '',
    status: begin.isQueued ? 'QUEUED' : 'RUNNING',
    statusMessage: '',
    startedAt: begin.now,
    endedAt: null,
    input: { ...pipeline.input, ...begin.input },
    output: null,
    tasks: {},
    isPauseWanted: false,
    failure: null,
    rollback: null,
    outbox: [],
    noticeCount: 0,
    children: 0,
    notes: [],
  }
  return begin.isQueued ? run : toldOfStart(pipeline, run, begin.now)
}

/** The run with the notifications of its start. */
export function toldOfStart(pipeline: Pipeline, run: RunState, now: number): RunState {
  const said = { event: 'start', task: null, status: 'RUNNING', statusMessage: '', now } as const
  return notify(run, pipeline.webhooks, said)
}
