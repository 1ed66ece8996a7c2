import { randomUUID } from 'node:crypto'

/** Submits polls, so many at a time; resolves with their ids, and how many a second were taken. */
export async function submitPolls(api, count, taskOf, atOnce = 32) {
  const ids = []
  const began = performance.now()
  let next = 0
  const submit = async () => {
    while (next < count) {
      const { id } = await post(`${api}/polls`, taskOf(next++))
      ids.push(id)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, submit))
  return { ids, perSecond: count / ((performance.now() - began) / 1000) }
}

/** Asks again where the answer was lost, under the same key: so it is taken once. */
export async function post(url, body) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null)
    if (answer?.ok) return answer.json()
    if (tries === 20) throw new Error(`${url}: ${answer ? await answer.text() : 'no answer'}`)
    await pause(500)
  }
}

export async function get(url) {
  return (await fetch(url)).json()
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export function jobTask(far, index, { n = '', intervalMs, initialDelaySeconds = 0, prefix = 'job' }) {
  const ending = n === '' ? '' : `n=${n}&`
  return {
    url: `${far}/${prefix}/${index}?${ending}interval=${intervalMs}`,
    pollIntervalSeconds: intervalMs / 1000,
    pollCount: 1_000_000,
    ignoreFailure: true,
    initialDelaySeconds,
    exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"' },
  }
}

export const rounded = (number, digits = 0) => (number === null ? '-' : number.toFixed(digits))
