import type { Arguments } from '../parse-arguments.ts'
import { tlsFiles } from '../tls-files.ts'
import { type Client, createClient } from './client.ts'
import { serverAddress } from './server-address.ts'

/** Does something at the server that the arguments name. @throws UsageError, UnreachableError, RefusedError */
export async function withClient<T>(parsed: Arguments, work: (client: Client) => Promise<T>): Promise<T> {
  const { ca } = tlsFiles(parsed)
  const client = await createClient(serverAddress(parsed), ca === undefined ? {} : { ca })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
