import type { AttemptView, LedgerEntry } from './polls.ts'
import { request } from './request.ts'

/** Whose attempts they are: a poll's, or a Poll task's of an execution. */
export type Polled =
  | { readonly kind: 'poll'; readonly id: string }
  /** `task` is as the API has it: `Stage.Task`, after those that lead to a nested run. */
  | { readonly kind: 'task'; readonly id: string; readonly task: string }

/** One attempt with its answer. */
export interface AnsweredAttempt extends AttemptView {
  /** What the bindings of a pipeline's conditions stand for. */
  readonly bindings?: Readonly<Record<string, unknown>>
}

export function attemptOf(polled: Polled, iteration: number, signal?: AbortSignal): Promise<AnsweredAttempt> {
  const task = polled.kind === 'task' ? `?task=${encodeURIComponent(polled.task)}` : ''
  return request(`${pathOf(polled)}/attempts/${iteration}${task}`, signal ? { signal } : {})
}

/** All attempts, in order. */
export async function ledgerOf(polled: Polled): Promise<LedgerEntry[]> {
  const task = polled.kind === 'task' ? `&task=${encodeURIComponent(polled.task)}` : ''
  const ledger: LedgerEntry[] = []
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page: { attempts: LedgerEntry[]; next: string | null } = await request(
      `${pathOf(polled)}/attempts?limit=500&cursor=${cursor}${task}`,
    )
    ledger.push(...page.attempts)
    cursor = page.next
  }
  return ledger
}

/** The poll, or the execution that the task is of. */
export function pathOf({ kind, id }: Polled): string {
  return `/${kind === 'poll' ? 'polls' : 'executions'}/${encodeURIComponent(id)}`
}
