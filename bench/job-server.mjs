// A job server in a process of its own, so that its cost is nobody's: `/pending` never ends, `/ready` is finished.
// `/fifty/<id>` is finished at its fiftieth answer.
import { createServer } from 'node:net'

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

/** A head and a body as Node's own server sends them; that one would take more of the machine than what is measured. */
function answerTo(method, path) {
  const body = bodyOf(path)
  const head = [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: keep-alive',
  ]
  return `${head.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : body}`
}

const END_OF_HEAD = '\r\n\r\n'

/** Requests have no bodies here. */
const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
    for (let end = text.indexOf(END_OF_HEAD); end >= 0; end = text.indexOf(END_OF_HEAD)) {
      const [method, path] = text.split(' ', 2)
      text = text.slice(end + END_OF_HEAD.length)
      socket.write(answerTo(method, path), 'latin1')
    }
  })
})
server.listen({ port: Number(process.argv[2] ?? 0), host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
