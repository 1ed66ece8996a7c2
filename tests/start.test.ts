import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { afterEach, expect, inject, it } from 'vitest'
import { temporaryFolder } from './cli/temporary-folder.ts'

const ROOT = resolve(import.meta.dirname, '..')
const folder = temporaryFolder()
const running = new Set<ChildProcessWithoutNullStreams>()
afterEach(() => {
  for (const child of running) child.kill('SIGTERM')
  running.clear()
})

/** What `npm start` runs, once all is built. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = join(ROOT, 'scripts/start.mjs')
  const child = spawn(process.execPath, [script, '--dist', inject('build'), ...args], {
    env: { PATH: process.env.PATH, ...env },
  })
  running.add(child)
  let said = ''
  const hear = (chunk: unknown) => {
    said += chunk
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<{ code: number | null; said: string }>((end) =>
    child.on('close', (code) => {
      running.delete(child)
      end({ code, said })
    }),
  )
  const says = (text: RegExp) =>
    new Promise<string>((found, fail) => {
      const look = () => {
        const match = text.exec(said)
        if (match) found(match[1] ?? match[0])
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.on('close', () => fail(new Error(`it ended without saying ${text}: ${said}`)))
      look()
    })
  return { child, ended, says }
}

it('in CI it shows the attempts of the pipeline through the server, and ends with its exit code', async () => {
  const { code, said } = await start([], { CI: 'true' }).ended
  expect(said).toMatch(/A sample job server listens on http:.*, and bide on http:/)
  expect(said).toMatch(/Enumerate\.Wait {2}RUNNING {2}attempt 1\/60 {2}200 {2}pending/)
  expect(said).toMatch(/Enumerate\.Wait {2}COMPLETED/)
  expect(said).toMatch(/Image enumeration {2}COMPLETED {2}Execution Completed\./)
  expect(said).not.toContain('\x1b')
  expect(code).toBe(0)
})

it('in CI it ends with 1 where the job fails', async () => {
  const { code, said } = await start(['--fail'], { CI: 'true' }).ended
  expect(said).toMatch(/Image enumeration {2}FAILED/)
  expect(code).toBe(1)
})

it('outside of CI it stays with the page until it is stopped; a second start beside it, and one after it, work', async () => {
  const taken: Server = createServer().listen(4646, '127.0.0.1')
  await new Promise((done) => taken.once('listening', done).once('error', done))
  const data = join(folder(), 'data')
  const first = start(['--data', data])
  const url = await first.says(/The page is at (http:\S+);/)
  expect(new URL(url).port).not.toBe('4646')
  expect(await first.says(/Port 4646 is taken/)).toBeTruthy()
  expect((await fetch(url)).status).toBe(200)

  const beside = start(['--data', data])
  await beside.says(/Another bide has .*data, so this one keeps its data in/)
  await beside.says(/The page is at/)
  beside.child.kill('SIGINT')
  expect((await beside.ended).code).toBe(0)

  first.child.kill('SIGINT')
  expect((await first.ended).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()

  const after = start(['--data', data])
  const again = await after.says(/The page is at (http:\S+);/)
  const { executions } = (await (await fetch(`${again}/api/v1/executions`)).json()) as {
    executions: unknown[]
  }
  expect(executions).toHaveLength(2)
  after.child.kill('SIGTERM')
  await after.ended
  taken.close()
}, 120_000)
