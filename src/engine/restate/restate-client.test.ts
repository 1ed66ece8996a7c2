import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { systemClock } from '../system-clock.ts'
import { createRestateClient } from './restate-client.ts'

it('reads rows on connections that are used once, and calls objects on such that stay', async () => {
  const said: unknown[] = []
  const server = createServer((request, response) => {
    said.push(request.headers.connection)
    response.end('{"rows":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createRestateClient({ ingress: [url], admin: [url] }, systemClock)
  const target = { object: 'o', key: 'k', handler: 'h' }
  await client.sql('select 1')
  await client.call(target, new Uint8Array())
  expect(said).toEqual(['close', 'keep-alive'])
  await client.close()
  await new Promise((resolve) => server.close(resolve))
})
