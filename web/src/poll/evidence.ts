import { type AnsweredAttempt, attemptOf, ledgerOf, type Polled, pathOf } from '../api/attempts.ts'
import { request } from '../api/request.ts'

/** Answers beside the ledger: the newest, so many. */
const ANSWERS = 100
const AT_ONCE = 10

/**
 * All that the server tells of a poll, as JSON with every secret masked: the poll, or the execution that its task is
 * of, its ledger, its newest answers.
 */
export async function evidenceOf(polled: Polled): Promise<string> {
  const whole = await request<object>(pathOf(polled))
  const attempts = await ledgerOf(polled)
  const answers: AnsweredAttempt[] = []
  const newest = attempts.slice(-ANSWERS)
  for (let from = 0; from < newest.length; from += AT_ONCE) {
    const some = newest.slice(from, from + AT_ONCE)
    answers.push(...(await Promise.all(some.map(({ iteration }) => attemptOf(polled, iteration)))))
  }
  const told = answers.map(({ attempt: { iteration }, response, isKept }) => ({
    iteration,
    response,
    isKept,
  }))
  const about = polled.kind === 'poll' ? { poll: whole } : { execution: whole, task: polled.task }
  return JSON.stringify({ savedAt: new Date().toISOString(), ...about, attempts, answers: told }, null, 2)
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
