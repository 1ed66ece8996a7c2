import { connect, createServer } from 'node:net'

/**
 * Hands connections out in turn to those of its targets that take them: what a Kubernetes Service does for workers.
 * @returns its port, the list of target ports (change it as workers come and go), and how to end it
 */
export async function startBalancer() {
  const targets = []
  const open = new Set()
  let turn = 0
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => client.destroy()).on('close', () => open.delete(client))
    join(client, targets.length)
  })
  const join = (client, triesLeft) => {
    if (triesLeft <= 0) return client.destroy()
    const target = connect(targets[turn++ % targets.length], '127.0.0.1')
    target.once('connect', () => {
      client.pipe(target)
      target.pipe(client)
      target.on('close', () => client.destroy())
      client.on('close', () => target.destroy())
    })
    target.on('error', () =>
      target.connecting || target.pending ? join(client, triesLeft - 1) : client.destroy(),
    )
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    targets,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
