import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JobServer, jobServer } from '../../src/testing/index.ts'
import { runBide } from '../cli/run-bide.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')
const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'))

let server: JobServer
beforeAll(async () => {
  server = await jobServer()
})
afterAll(() => server.close())

/** What `bide run --json` says of an example that runs against the sample job server. */
async function run(name: string, ...inputs: string[]) {
  const given = [`api=${server.url}`, ...inputs].flatMap((input) => ['--input', input])
  const { code, stdout } = await runBide(['run', join(EXAMPLES, name), ...given, '--json', '--quiet'])
  const report = JSON.parse(stdout)
  const tasks = Object.entries<{ tasks: Record<string, { status: string }> }>(report.stages).flatMap(
    ([stage, { tasks }]) => Object.entries(tasks).map(([task, { status }]) => [`${stage}.${task}`, status]),
  )
  return { code, report, statuses: Object.fromEntries(tasks) }
}

describe.concurrent('the examples run', () => {
  it('image-enumeration.yaml: starts the job, and waits for it', async () => {
    const { code, report, statuses } = await run('image-enumeration.yaml')
    expect(code).toBe(0)
    expect(report).toMatchObject({ status: 'COMPLETED', statusMessage: 'Execution Completed.' })
    expect(statuses).toEqual({ 'Enumerate.Start': 'COMPLETED', 'Enumerate.Wait': 'COMPLETED' })
    const { output } = report.stages.Enumerate.tasks.Wait
    expect(output).toMatchObject({ iterationCount: 4, responseJson: { status: 'FINISHED', progress: 100 } })
    expect(report.output).toEqual({ images: output.responseJson.resources })
    expect(output.processedUrl).toBe(server.url + output.responseJson.selfLink)
  })

  it.each([
    ['no', 'SKIPPED'],
    ['yes', 'COMPLETED'],
  ])('deployment.yaml with notify=%s: side by side, and on although one has failed', async (notify, tell) => {
    const { code, report, statuses } = await run('deployment.yaml', `notify=${notify}`)
    expect(code).toBe(0)
    expect(report.status).toBe('COMPLETED')
    expect(statuses).toEqual({
      'Start.Web': 'COMPLETED',
      'Start.Worker': 'COMPLETED',
      'Start.Warm up': 'COMPLETED',
      'Wait.Web': 'COMPLETED',
      'Wait.Worker': 'COMPLETED',
      'Wait.Warm up': 'FAILED_CONTINUE',
      'Verify.Complete': 'COMPLETED',
      'Verify.Tell': tell,
    })
    expect(report.stages.Wait.status).toBe('FAILED_CONTINUE')
    expect(report.output).toMatchObject({ web: expect.stringMatching(/^\/iaas/), warmUp: 'FAILED_CONTINUE' })
    expect(server.requests.some(({ body }) => body.includes('"Web 1.10"'))).toBe(true)
  })

  it('health-check.yaml: a 503 in between begins the count anew', async () => {
    const { code, report } = await run('health-check.yaml')
    expect(code).toBe(0)
    expect(report.output).toEqual({ attempts: 5 })
  })

  it('wait-until-deleted.yaml: a 404 is the success', async () => {
    const { code, report } = await run('wait-until-deleted.yaml')
    expect(code).toBe(0)
    expect(report.stages.Remove.tasks.Gone.output).toMatchObject({ responseCode: 404, iterationCount: 3 })
  })

  it('rollback.yaml: runs the other pipeline where the stage fails, and ends as a failure', async () => {
    const { code, report, statuses } = await run('rollback.yaml')
    expect(code).toBe(1)
    expect(report.status).toBe('ROLLBACK_COMPLETED')
    expect(report.statusMessage).toMatch(/^Deploy\.Wait: .* Rolled back by 'Undo release'\.$/)
    expect(statuses).toEqual({ 'Deploy.Start': 'COMPLETED', 'Deploy.Wait': 'FAILED' })
    const { id } = report.stages.Deploy.tasks.Start.output.responseJson
    const undone = server.requests.filter(({ url }) => url === `/resources/${id}`).map(({ method }) => method)
    expect(undone).toEqual(['DELETE', 'GET', 'GET', 'GET'])
    expect(server.requests.find(({ headers }) => headers['idempotency-key'])).toBeDefined()
  })

  it('rollback.yaml with end=FINISHED: undoes nothing', async () => {
    const { code, report } = await run('rollback.yaml', 'end=FINISHED')
    expect(code).toBe(0)
    expect(report.status).toBe('COMPLETED')
    const { id } = report.stages.Deploy.tasks.Start.output.responseJson
    expect(server.requests.some(({ url }) => url === `/resources/${id}`)).toBe(false)
  })
})

it.each(names)('bide check finds nothing wrong with examples/%s', async (name) => {
  const { code, stdout } = await runBide(['check', join(EXAMPLES, name), '--json'])
  expect(JSON.parse(stdout)).toEqual([])
  expect(code).toBe(0)
})
