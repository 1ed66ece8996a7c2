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

export async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const json = await answer.json()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${JSON.stringify(json)}`)
  return json
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
