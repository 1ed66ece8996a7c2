// Jobs in a process of its own: `/job/<id>` is finished at its `?n=`th answer. `POST /start` answers a job's path.
// `/figures` tells what was asked, and how late: an attempt is due `?interval=` ms after the answer before.
import { createServer } from 'node:http'

const jobs = new Map()
let attempts = 0
let starts = 0
let lateMs = []
let gaps = []

function asked(url) {
  const key = url.pathname
  const now = performance.now()
  const job = jobs.get(key) ?? { count: 0, last: 0 }
  const interval = Number(url.searchParams.get('interval'))
  if (job.last > 0 && lateMs.length < 2_000_000) {
    lateMs.push(now - job.last - interval)
    gaps.push(now - job.last)
  }
  job.count++
  job.last = now
  jobs.set(key, job)
  attempts++
  return job.count >= Number(url.searchParams.get('n') ?? Number.POSITIVE_INFINITY)
}

const answers = {
  '/figures': () => {
    const figures = { attempts, starts, lateMs: quantiles(lateMs), gapMs: quantiles(gaps) }
    const over = [...jobs.values()].filter(({ count }) => count > 0).length
    return { ...figures, jobs: over }
  },
  '/forget': () => {
    attempts = 0
    lateMs = []
    gaps = []
    return {}
  },
  '/start': (url) => {
    starts++
    return { id: `started-${starts}`, n: url.searchParams.get('n') }
  },
}

function quantiles(numbers) {
  const sorted = Float64Array.from(numbers).sort()
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? null
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const url = new URL(request.url, 'http://far.test')
  const known = answers[url.pathname]
  const body = JSON.stringify(
    known
      ? known(url)
      : { status: asked(url) ? 'FINISHED' : 'INPROGRESS', progress: 58, name: 'Image enumeration' },
  )
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
