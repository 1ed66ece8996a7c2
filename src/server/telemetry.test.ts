import { afterEach, describe, expect, it } from 'vitest'
import type { LogFields } from './log.ts'
import { ask, post, quick, serversForTests, slow } from './test-server.ts'

const { start, stopAll, far } = serversForTests()

const metricsOf = async ({ url }: { url: string }) => await (await fetch(`${url}/metrics`)).text()
const measured = (text: string, name: string) => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')))
}

describe('what is measured', () => {
  it('is counted as it happens: attempts by verdict, lateness, commits, requests by route', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', quick(far().job()))
    await ask(server, `/polls/${json.id}?wait=20s`)
    const other = await post(server, '/polls', slow(far().job({ end: 'never' })))
    await post(server, `/polls/${other.json.id}/pause`)
    await ask(server, '/polls/nobody')
    const text = await metricsOf(server)
    expect(measured(text, 'bide_attempts_total{verdict="succeeded"}')).toBe(1)
    expect(measured(text, 'bide_attempts_total{verdict="pending"}')).toBeGreaterThanOrEqual(3)
    expect(measured(text, 'bide_attempt_lateness_seconds_count')).toBeGreaterThanOrEqual(4)
    expect(measured(text, 'bide_store_commit_seconds_count')).toBeGreaterThanOrEqual(6)
    expect(measured(text, 'bide_queue_length{engine="embedded"}')).toBe(0)
    expect(measured(text, 'bide_store_bytes')).toBeGreaterThan(4096)
    const requests = (method: string, route: string, code: number) =>
      measured(text, `bide_http_requests_total{method="${method}",route="${route}",code="${code}"}`)
    expect(requests('POST', '/api/v1/polls', 201)).toBe(2)
    expect(requests('GET', '/api/v1/polls/:id', 200)).toBe(1)
    expect(requests('GET', '/api/v1/polls/:id', 404)).toBe(1)
  })

  it('names no URL, no id and no secret', async () => {
    const server = await start()
    const url = `${far().job()}?token=Zx91-secret`
    const { json } = await post(server, '/polls', { ...quick(url), name: 'Zx92-name' })
    await ask(server, `/polls/${json.id}?wait=20s`)
    const text = await metricsOf(server)
    for (const told of ['Zx91', 'Zx92', '127.0.0.1', json.id]) expect(text).not.toContain(told)
  })

  it('waits while a poll waits', async () => {
    const server = await start()
    await post(server, '/polls', { ...slow(far().job()), initialDelaySeconds: 3000 })
    expect(measured(await metricsOf(server), 'bide_waiting_runs')).toBe(1)
  })
})

describe('the health', () => {
  it('says how it goes', async () => {
    const server = await start()
    const { json } = await post(server, '/polls', quick(far().job()))
    await ask(server, `/polls/${json.id}?wait=20s`)
    const ids = []
    for (let count = 0; count < 2; count++)
      ids.push((await post(server, '/polls', { ...slow(far().job()), initialDelaySeconds: 99 })).json.id)
    await post(server, `/polls/${ids[0]}/pause`)
    const { status, json: health } = await ask(server, '/health')
    expect([status, health]).toMatchObject([
      200,
      { engine: 'embedded', waiting: 1, paused: 1, running: 0, queued: 0 },
    ])
    expect(health.attemptsPerSecond).toBeGreaterThanOrEqual(0.4)
    expect(health.latenessMs.p99).toBeGreaterThanOrEqual(health.latenessMs.p50)
    expect(health.storeCommitMs.p99).toBeGreaterThan(0)
    expect(health.storeBytes).toBeGreaterThan(4096)
  })
})

describe('spans', () => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = process.env
  afterEach(() => {
    if (OTEL_EXPORTER_OTLP_ENDPOINT === undefined) delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
    else process.env.OTEL_EXPORTER_OTLP_ENDPOINT = OTEL_EXPORTER_OTLP_ENDPOINT
  })

  it('go to the collector that the environment names, one an attempt', async () => {
    far().route('/v1/traces', { json: {} })
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = far().url
    const server = await start()
    const { json } = await post(server, '/polls', quick(`${far().job()}?token=Zx93-secret`))
    await ask(server, `/polls/${json.id}?wait=20s`)
    await stopAll()
    const sent = far().requests.filter(({ url }) => url === '/v1/traces')
    const spans = sent.flatMap(({ body }) =>
      JSON.parse(body).resourceSpans.flatMap((one: { scopeSpans: { spans: object[] }[] }) =>
        one.scopeSpans.flatMap((scope) => scope.spans),
      ),
    )
    expect(spans).toHaveLength(4)
    const attributes = Object.fromEntries(
      spans[3].attributes.map(({ key, value }: { key: string; value: object }) => [
        key,
        Object.values(value)[0],
      ]),
    )
    expect(attributes).toMatchObject({
      'bide.run.id': json.id,
      'bide.iteration': 4,
      'bide.verdict': 'succeeded',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
    })
    expect(JSON.stringify(spans)).not.toContain('Zx93')
  })
})

describe('the log', () => {
  it('says each request by its route, and nothing of what is in it', async () => {
    const lines: { level: string; event: string; message: string; fields: LogFields | undefined }[] = []
    const server = await start({
      log: (level, event, message, fields) => void lines.push({ level, event, message, fields }),
    })
    await post(server, '/polls', { ...slow(`${far().job()}?token=Zx94-secret`), name: 'Zx95-name' })
    expect(lines).toContainEqual({
      level: 'debug',
      event: 'request',
      message: 'POST /api/v1/polls 201',
      fields: { method: 'POST', route: '/api/v1/polls', code: 201, durationMs: expect.any(Number) },
    })
    expect(JSON.stringify(lines)).not.toMatch(/Zx9[45]/)
  })
})
