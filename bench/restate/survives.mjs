import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import { jobServer } from '../../dist/testing/index.js'
import { chromium } from '../../scripts/chromium.mjs'
import { printTable } from '../server.mjs'
import { leader } from './chaos.mjs'
import { finished, startWorld } from './cluster.mjs'
import { get, pause, post, rounded } from './load.mjs'

const SAMPLE = new URL('../../examples/image-enumeration.yaml', import.meta.url)
const NAME = 'Image enumeration'
/** The tracker is asked every second: long enough to kill something on the way. */
const POLLS = 20
const COMPLETES_WITHIN_MS = 90_000

/**
 * The sample pipeline over three nodes and two workers, submitted by the API and watched in Chromium on the page of the
 * server, while a worker and the busiest node are killed. Throws where it does not complete.
 */
export async function survives() {
  const world = await startWorld({ nodes: 3, workers: 2 })
  const jobs = await jobServer()
  const browser = await playwright.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const selfLink = new URL(jobs.job({ polls: POLLS })).pathname
    jobs.route('/iaas/api/images', { status: 202, json: { progress: 0, status: 'INPROGRESS', selfLink } })
    const pictures = mkdtempSync(join(tmpdir(), 'bide-survives-'))
    const id = await start(world, jobs)
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
    await page.goto(`${new URL(world.api).origin}/executions/${id}`)
    await seen(world, id, 3)
    await page.screenshot({ path: join(pictures, 'before.png') })
    const { pid } = await leader(world)
    world.workers[0].kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
    await finished(world.workers[0])
    const began = performance.now()
    const killedAt = await iterations(world, id)
    await page
      .locator('.heading .run-status')
      .first()
      .filter({ hasText: 'COMPLETED' })
      .waitFor({ timeout: COMPLETES_WITHIN_MS })
    const seconds = (performance.now() - began) / 1000
    await page.screenshot({ path: join(pictures, 'after.png') })
    const { status, stages } = await get(`${world.api}/executions/${id}`)
    const { iterationCount } = stages.Enumerate.tasks.Wait.output
    const starts = jobs.requests.filter(({ method }) => method === 'POST').length
    if (status !== 'COMPLETED' || starts !== 1)
      throw new Error(`it ended as ${status}, and was started ${starts} times`)
    printTable(
      ['killed at attempt', 'attempts counted', 'completed on the page after s', 'POST sent', 'pictures'],
      [[killedAt, iterationCount, rounded(seconds, 1), starts, pictures]],
    )
  } finally {
    await browser.close()
    await jobs.close()
    await world.stop()
  }
}

async function start({ api }, jobs) {
  const path = `${api}/pipelines/${encodeURIComponent(NAME)}`
  const headers = { 'content-type': 'application/yaml' }
  const kept = await fetch(path, { method: 'PUT', headers, body: readFileSync(SAMPLE, 'utf8') })
  if (!kept.ok) throw new Error(await kept.text())
  return (await post(`${path}/executions`, { input: { api: jobs.url } })).executionId
}

async function seen(world, id, count) {
  while ((await iterations(world, id)) < count) await pause(200)
}

async function iterations({ api }, id) {
  const { stages } = await get(`${api}/executions/${id}`)
  return stages.Enumerate.tasks.Wait?.poll?.iterationCount ?? 0
}
