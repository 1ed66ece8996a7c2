import type { AttemptView, LedgerEntry, PollView } from '../api/polls.ts'
import { request } from '../api/request.ts'

/** Answers beside the ledger: the newest, so many. */
const ANSWERS = 100
const AT_ONCE = 10

/** All that the server tells of a poll, as JSON with every secret masked: the poll, its ledger, its newest answers. */
export async function evidenceOf(id: string): Promise<string> {
  const path = `/polls/${encodeURIComponent(id)}`
  const poll = await request<PollView>(path)
  const attempts = await ledgerOf(path)
  const answers: AttemptView[] = []
  const newest = attempts.slice(-ANSWERS)
  for (let from = 0; from < newest.length; from += AT_ONCE) {
    const some = newest.slice(from, from + AT_ONCE)
    answers.push(
      ...(await Promise.all(
        some.map(({ iteration }) => request<AttemptView>(`${path}/attempts/${iteration}`)),
      )),
    )
  }
  const told = answers.map(({ attempt: { iteration }, response, isKept }) => ({
    iteration,
    response,
    isKept,
  }))
  return JSON.stringify({ savedAt: new Date().toISOString(), poll, attempts, answers: told }, null, 2)
}

async function ledgerOf(path: string): Promise<LedgerEntry[]> {
  const ledger: LedgerEntry[] = []
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page: { attempts: LedgerEntry[]; next: string | null } = await request(
      `${path}/attempts?limit=500&cursor=${cursor}`,
    )
    ledger.push(...page.attempts)
    cursor = page.next
  }
  return ledger
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
