// A job server in a process of its own, so that its cost is nobody's: `/pending` never ends, `/ready` is finished.
// `/fifty/<id>` is finished at its fiftieth answer.
import { createServer } from 'node:http'

const trackerOf = (status, progress) =>
  JSON.stringify({
    progress,
    status,
    name: 'Private image enumeration',
    id: 'fb719d5a-f30d-4467-9622-31b765b9d369',
    selfLink: '/api/request-tracker/fb719d5a-f30d-4467-9622-31b765b9d369',
    message: 'Image enumeration is in region 7 of 12',
    resources: ['/api/images/1', '/api/images/2'],
  })
const pending = trackerOf('INPROGRESS', 58)
const ready = trackerOf('FINISHED', 100)
const asked = new Map()

function bodyOf(path) {
  if (path === '/ready') return ready
  if (!path.startsWith('/fifty/')) return pending
  const count = (asked.get(path) ?? 0) + 1
  asked.set(path, count)
  return count < 50 ? pending : ready
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const body = bodyOf(request.url)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
