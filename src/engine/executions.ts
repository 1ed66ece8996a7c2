import type { Outcome } from '../core/poll.ts'
import type { WaitReason } from '../core/schedule.ts'
import type { PipelineShape } from '../pipeline/picture.ts'
import type { RunReport, TaskReport } from '../pipeline/report.ts'
import type { RunKind, RunStatus } from '../store/store.ts'
import type { AttemptView, LastAttempt } from './engine.ts'

/** What a pipeline is started with. It stands on this until it ends, whatever becomes of the definitions meanwhile. */
export interface NewExecution {
  readonly pipeline: string
  /** Texts of YAML or JSON by pipeline: of this one, and of all that it may run. */
  readonly sources: Readonly<Record<string, string>>
  /** All that its bindings may name. */
  readonly variables: Readonly<Record<string, Variable>>
  readonly input: Readonly<Record<string, string>>
  readonly requestBy: string
  readonly comments: string
  readonly idempotency: { readonly key: string; readonly text: string } | null
}

export const VARIABLE_KINDS = ['REGULAR', 'SECRET', 'RESTRICTED'] as const
export type VariableKind = (typeof VARIABLE_KINDS)[number]

/** The value of a SECRET or RESTRICTED one is masked in all that is shown. */
export interface Variable {
  readonly kind: VariableKind
  readonly value: string
}

export interface StartedExecution {
  readonly executionId: string
  readonly executionIndex: number
}

export type StartResult =
  | { readonly kind: 'accepted' | 'repeated'; readonly execution: StartedExecution }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'full'; readonly limit: number }
  | { readonly kind: 'no-room'; readonly bytes: number; readonly limit: number }

/** The execution of a pipeline as it is shown: every secret of it is masked. Instants are ISO 8601, UTC. */
export interface ExecutionView extends Omit<RunReport, 'stages'> {
  /** Null while it goes on. */
  readonly outcome: Outcome | null
  readonly executionIndex: number
  readonly executionLink: string
  readonly requestBy: string
  readonly comments: string
  readonly shape: PipelineShape
  readonly stages: Readonly<Record<string, StageView>>
  /** What a reader should know, such as a notification that could not be sent. */
  readonly notes: readonly string[]
  /** When something happens next by itself; null where nothing will. */
  readonly nextAttemptAt: string | null
  readonly rollback: ExecutionView | null
}

export interface StageView {
  readonly status: TaskReport['status']
  readonly tasks: Readonly<Record<string, TaskView>>
}

export interface TaskView extends TaskReport {
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** What it was started with, bindings filled in; null before it has started. */
  readonly inputs: Readonly<Record<string, unknown>> | null
  /** The verdicts of a Poll task's last attempts, a letter each, the oldest first. */
  readonly verdicts: string
  /** How a Poll task stands while it waits. */
  readonly poll: WaitingTask | null
  /** Of a PIPELINE task. */
  readonly execution: ExecutionView | null
}

export interface WaitingTask {
  readonly iterationCount: number
  readonly pollCount: number
  /** Null where the execution is held. */
  readonly nextAttemptAt: string | null
  readonly waitReason: WaitReason
  readonly last: LastAttempt | null
  readonly observed: Readonly<Record<string, number>>
  readonly progress: number | null
  readonly deadlineAt: string | null
  readonly responseCode: number | null
}

/** A poll or an execution as a line of a list. */
export interface RunRow {
  readonly kind: RunKind
  readonly id: string
  readonly name: string | null
  readonly pipeline: string | null
  readonly status: RunStatus
  readonly outcome: Outcome | null
  readonly message: string | null
  /** Attempts made: of an execution, by all of its Poll tasks. */
  readonly iterationCount: number
  readonly pollCount: number | null
  readonly lastCode: number | null
  /** The last ones, at most 30, a letter each, the oldest first: s, f, p, t, b. */
  readonly verdicts: string
  readonly nextAttemptAt: string | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly executionIndex: number | null
  readonly requestBy: string | null
}

export interface RunPage {
  readonly runs: readonly RunRow[]
  /** Where the next page goes on, or null at the end. */
  readonly next: number | null
}

/** Which attempt of an execution is wanted. */
export interface AttemptQuery {
  /** `Stage.Task`, after the tasks whose nested runs lead there, ` > ` between; null for the first that made one. */
  readonly task: string | null
  readonly iteration: number
}

export interface TaskAttemptView extends AttemptView {
  /** What the bindings of its conditions stand for, secrets masked. */
  readonly bindings: Readonly<Record<string, unknown>>
}

export type ExecutionCommand = 'cancel' | 'pause' | 'resume'

export type ExecutionCommandResult =
  | { readonly kind: 'done'; readonly execution: ExecutionView }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string }
