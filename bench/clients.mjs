// Who polls: each makes exactly `attempts` attempts at a URL that never finishes. Loaded only when asked for.

/** A pause of 1 ms, the shortest that there is, so that what is measured is the attempt. */
const PAUSE_MS = 1
const SUCCESS = 'status == "FINISHED"'

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))

/** The least that polling can cost: 50 connections, a request, a parse, a look, and no pause at all. */
async function bare(withPause) {
  const { Pool, request } = await import('undici')
  let dispatcher
  return async (url, attempts) => {
    dispatcher ??= new Pool(new URL(url).origin, { connections: 50 })
    for (let n = 0; n < attempts; n++) {
      const { body } = await request(url, { dispatcher })
      if (JSON.parse(await body.text()).status === 'FINISHED') return
      if (withPause) await pause()
    }
  }
}

/** The look that every fetch-based peer takes: true at the last attempt. */
function looker(url, attempts) {
  let made = 0
  return async () => {
    const { status } = await (await fetch(url)).json()
    return ++made >= attempts || status === 'FINISHED'
  }
}

export const CLIENTS = {
  'undici request, bare': () => bare(false),
  'undici request, with the pause': () => bare(true),
  async bide() {
    const { poll } = await import('../dist/index.js')
    return async (url, attempts) => {
      const result = await poll({
        url,
        pollCount: attempts,
        pollIntervalSeconds: PAUSE_MS / 1000,
        exitCriteria: { success: SUCCESS, failure: 'status == "FAILED"' },
      })
      if (result.outcome !== 'exhausted' || result.iterationCount !== attempts)
        throw new Error(result.message)
    }
  },
  async 'p-wait-for + fetch'() {
    const { default: pWaitFor } = await import('p-wait-for')
    return (url, attempts) => pWaitFor(looker(url, attempts), { interval: PAUSE_MS })
  },
  async 'poll + fetch'() {
    const { poll } = await import('poll')
    return async (url, attempts) => {
      const look = looker(url, attempts)
      let isDone = false
      await poll(
        async () => {
          isDone = await look()
        },
        PAUSE_MS,
        () => isDone,
      )
    }
  },
  async 'promise-poller + fetch'() {
    const { default: promisePoller } = await import('promise-poller')
    return (url, attempts) => {
      const look = looker(url, attempts)
      const taskFn = async () => {
        if (!(await look())) throw new Error('not yet')
      }
      return (promisePoller.default ?? promisePoller)({ taskFn, interval: PAUSE_MS, retries: attempts })
    }
  },
  async 'wait-on'() {
    const { default: waitOn } = await import('wait-on')
    return (url, attempts) => {
      let made = 0
      const validateStatus = () => ++made >= attempts
      const resources = [url.replace('http:', 'http-get:')]
      return waitOn({ resources, interval: PAUSE_MS, window: 0, delay: 0, validateStatus })
    }
  },
}
