import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ServerAnswer } from '../../src/testing/index.ts'
import { farJobs } from './far-jobs.ts'
import { runBide, startBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()
const folder = temporaryFolder()

const running: ServerAnswer = { json: { status: 'RUNNING' } }
const finished: ServerAnswer = { json: { status: 'FINISHED' } }
const SUCCESS = ['--success', 'status == "FINISHED"']

it('goes on with count and start after kill -9', async () => {
  const state = join(folder(), 'state.json')
  const url = far().route('/killed', running, running, finished)
  const args = ['poll', url, ...SUCCESS, '--count', '3', '--resume', state]
  const killed = startBide([...args, '--interval', '600ms', '--timeout', '1h'])
  await killed.says('attempt 1/3')
  killed.process.kill('SIGKILL')
  expect((await killed.ended).code).toBe(null)

  const kept = JSON.parse(await readFile(state, 'utf8')).state
  const ran = await runBide([...args, '--interval', '20ms', '--timeout', '1h', '--json'])
  const result = JSON.parse(ran.stdout)
  expect(ran.code).toBe(0)
  expect(result).toMatchObject({ iterationCount: 3, startedAt: new Date(kept.startedAt).toISOString() })
  expect(result.attempts.map(({ iteration }: { iteration: number }) => iteration)).toEqual([1, 2, 3])
  expect(far().requests.filter(({ url }) => url === '/killed')).toHaveLength(3)
})

it('goes on with the deadline: a time that is over is over', async () => {
  const state = join(folder(), 'state.json')
  const args = ['poll', far().route('/late', running), ...SUCCESS, '--resume', state, '--timeout', '1h']
  const killed = startBide([...args, '--interval', '1h'])
  await killed.says('attempt 1/60')
  killed.process.kill('SIGKILL')
  await killed.ended
  const kept = JSON.parse(await readFile(state, 'utf8'))
  const back = 3_600_000
  kept.state = { ...kept.state, dueAt: kept.state.dueAt - back, deadlineAt: kept.state.deadlineAt - back }
  await writeFile(state, JSON.stringify(kept))
  const ran = await runBide([...args, '--interval', '20ms'])
  expect(ran.stderr).toContain('Timed out after 2 attempts')
  expect(ran.code).toBe(3)
})

it('a poll that had ended says so again without asking', async () => {
  const state = join(folder(), 'state.json')
  const args = ['poll', far().route('/ended', finished), ...SUCCESS, '--resume', state]
  expect((await runBide(args)).code).toBe(0)
  const before = far().requests.length
  const again = await runBide(args)
  expect(again.code).toBe(0)
  expect(again.stderr).toContain(`remove ${state} to poll anew`)
  expect(far().requests.length).toBe(before)
})

it('a cancelled poll goes on', async () => {
  const state = join(folder(), 'state.json')
  const args = ['poll', far().route('/paused', running, finished), ...SUCCESS, '--resume', state]
  const bide = startBide([...args, '--interval', '600ms'])
  await bide.says('attempt 1/60')
  bide.process.kill('SIGTERM')
  expect((await bide.ended).code).toBe(143)
  expect(await runBide(args)).toMatchObject({ code: 0, stderr: expect.stringContaining('after 2 attempts') })
})

it.each([
  ['another task', ['--failure', 'status == "X"'], null],
  ['no state at all', [], '{"some":"json"}'],
  ['no JSON', [], 'text'],
])('a file of %s is refused', async (_, more, text) => {
  const state = join(folder(), 'state.json')
  const args = ['poll', far().route('/other', finished), ...SUCCESS, '--resume', state]
  await runBide(args)
  if (text !== null) await writeFile(state, text)
  const before = far().requests.length
  const ran = await runBide([...args, ...more])
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume: ') })
  expect(far().requests.length).toBe(before)
})

it('the first request after a resume is not conditional: the kept body may be masked', async () => {
  const state = join(folder(), 'state.json')
  const body = JSON.stringify({ status: 'RUNNING', pad: 'x'.repeat(20_000) })
  const url = far().route('/tagged', { body, headers: { etag: '"1"' } })
  const args = ['poll', url, ...SUCCESS, '--resume', state]
  const killed = startBide([...args, '--interval', '600ms'])
  await killed.says('attempt 1/60')
  killed.process.kill('SIGKILL')
  await killed.ended
  await runBide([...args, '--count', '2'])
  expect(far().requests.at(-1)?.headers['if-none-match']).toBeUndefined()
})
