import type { Verdict } from '../../core/judge.ts'
import type { Outcome } from '../../core/poll.ts'
import type { WaitReason } from '../../core/schedule.ts'
import type { RunStatus, TaskRunStatus } from '../../pipeline/run-state.ts'

/** What is read here of an execution as a server shows it. */
export interface Execution {
  readonly name: string
  readonly executionId: string
  readonly executionIndex: number
  readonly status: RunStatus
  readonly statusMessage: string
  /** Null while it runs. */
  readonly outcome: Outcome | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly requestBy: string
  readonly comments: string
  readonly input: Readonly<Record<string, unknown>>
  readonly shape: {
    readonly stages: readonly {
      readonly name: string
      readonly steps: readonly (readonly { readonly name: string }[])[]
    }[]
  }
  readonly stages: Readonly<Record<string, ExecutionStage>>
  readonly notes: readonly string[]
  readonly rollback: Execution | null
}

export interface ExecutionStage {
  readonly status: TaskRunStatus
  readonly tasks: Readonly<Record<string, ExecutionTask>>
}

export interface ExecutionTask {
  readonly type: string
  readonly status: TaskRunStatus
  readonly message: string
  /** Of a PIPELINE task. */
  readonly execution: Execution | null
  /** Of a POLL task. */
  readonly poll: ExecutionPoll | null
}

export interface ExecutionPoll {
  readonly iterationCount: number
  readonly pollCount: number
  readonly nextAttemptAt: string | null
  readonly waitReason: WaitReason | null
  readonly last: {
    readonly verdict: Verdict
    readonly reason: string
    readonly values: Readonly<Record<string, string>>
  } | null
  readonly progress: number | null
  readonly deadlineAt: string | null
  readonly responseCode: number | null
}
