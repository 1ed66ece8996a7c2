import { describe, expect, it } from 'vitest'
import type { RunningServer } from './server.ts'
import { ask, post, quick, serversForTests, slow } from './test-server.ts'

const { start, far } = serversForTests()

describe('the list of runs', () => {
  it('is filtered by kind, status, name, pipeline and text, page by page', async () => {
    const server = await start()
    for (const name of ['alpha', 'beta', 'Alphabet'])
      await post(server, '/polls', { name, ...slow(far().job()) })
    const names = async (query: string) =>
      (await ask(server, `/runs?${query}`)).json.runs.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['Alphabet', 'beta', 'alpha'])
    expect(await names('text=ALPHA')).toEqual(['Alphabet', 'alpha'])
    expect(await names(`text=${new URL(far().url).host}&kind=poll`)).toHaveLength(3)
    expect(await names('name=alpha')).toEqual(['alpha'])
    expect([
      await names('kind=execution'),
      await names('pipeline=alpha'),
      await names('status=failed'),
    ]).toEqual([[], [], []])
    const first = (await ask(server, '/runs?limit=2')).json
    expect(first.runs).toHaveLength(2)
    expect(await names(`cursor=${first.next}`)).toEqual(['alpha'])
    expect((await ask(server, '/runs?kind=odd')).status).toBe(400)
  })

  it('shows of a run how far it is, with a letter for each of its last attempts', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', quick(far().job({ polls: 2 })))
    await ask(server, `/polls/${json.id}?wait=20s`)
    expect((await ask(server, '/runs')).json.runs).toMatchObject([
      { kind: 'poll', id: json.id, status: 'COMPLETED', iterationCount: 3, lastCode: 200, verdicts: 'pps' },
    ])
  })

  it('is told as it changes, after a word that it is to be read again', async () => {
    const server = await start()
    const events = await eventsOf(server)
    expect(await events.next()).toMatchObject({ kind: 'reset', data: null })
    const { json } = await post(server, '/polls', quick(far().job({ polls: 2 })))
    const seen = []
    for (;;) {
      const event = await events.next()
      if (event.data?.id === json.id) seen.push(event)
      if (event.data?.status === 'COMPLETED') break
    }
    expect(seen.at(-1)).toMatchObject({ kind: 'changed', data: { verdicts: 'pps', iterationCount: 3 } })
    const numbers = seen.map(({ number }) => number)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    await events.close()
  })
})

interface Told {
  readonly number: number
  readonly kind: string
  readonly data: { readonly id: string; readonly status: string } | null
}

async function eventsOf(server: RunningServer) {
  const { body } = await fetch(`${server.url}/api/v1/runs/events`)
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    async next(): Promise<Told> {
      for (;;) {
        const [, data] = /^data: (.*)$/m.exec(text) ?? []
        if (data !== undefined) {
          text = text.slice(text.indexOf(data) + data.length)
          return JSON.parse(data)
        }
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream ended')
        text += value
      }
    },
    close: () => reader.cancel(),
  }
}
