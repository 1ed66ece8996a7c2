// `npm run screenshots`: pictures of the page in docs/screenshots, from a real server with real runs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import { jobServer } from '../dist/testing/index.js'
import { chromium } from './chromium.mjs'
import { startPageServer } from './page-server.mjs'
import { provisionCluster } from './screenshots-pipeline.mjs'

const WIDE = { width: 1280, height: 860 }
const PHONE = { width: 360, height: 740 }
const MOST_BYTES = 1_000_000
const QUALITY = 0.82

const root = new URL('..', import.meta.url).pathname
const target = join(root, 'docs/screenshots')
const jobs = await jobServer()
const server = await startPageServer()
const { api } = server
const browser = await playwright.launch({
  executablePath: chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
})
try {
  const runs = await someRuns()
  mkdirSync(target, { recursive: true })
  let bytes = 0
  for (const shot of shotsOf(runs)) bytes += await take(shot)
  console.log(`${Math.round(bytes / 1000)} KB in all`)
  if (bytes > MOST_BYTES) throw new Error(`The pictures are larger than ${MOST_BYTES} bytes together`)
} finally {
  await browser.close()
  server.close()
  await jobs.close()
}

/** Runs of every kind: done, failed, given up, paused, throttled, and one that is looked at while it waits. */
async function someRuns() {
  const exitCriteria = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }
  const submit = async (name, job, task = {}) => {
    const url = typeof job === 'string' ? job : jobs.job({ name, ...job })
    const { id } = await api('/polls', { name, url, pollIntervalSeconds: 0.15, exitCriteria, ...task })
    return id
  }
  const ended = (id) => api(`/polls/${id}?wait=30s`)
  await ended(await submit('Patch window, rack 12', { polls: 9 }))
  await ended(await submit('Restore of db-main', { polls: 5, end: 'FAILED' }))
  await ended(await submit('Certificate for shop.example', { end: 'never' }, { pollCount: 12 }))
  const regions = ['eu-west', 'eu-north', 'us-east', 'us-west', 'ap-south', 'ap-east', 'sa-east']
  for (const [index, region] of regions.entries())
    await ended(
      await submit(
        `Image enumeration ${region}`,
        { polls: 2 + ((index * 3) % 8), first: [{ status: 503 }] },
        { ignoreFailure: true },
      ),
    )
  const slowDown = { status: 429, headers: { 'retry-after': '900' }, json: { error: 'quota' } }
  await submit('Quota raise, tenant 7', jobs.route('/quota', slowDown), { pollIntervalSeconds: 30 })
  const paused = await submit('DNS cutover', { end: 'never' }, { pollIntervalSeconds: 60 })
  await submit('Nightly backup', { end: 'never' }, { pollIntervalSeconds: 120, pollCount: 40 })
  const waiting = await submit(
    'Provision cluster blue',
    { polls: 60, first: [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }] },
    {
      pollCount: 200,
      pollIntervalSeconds: 0.4,
      timeoutSeconds: 900,
      ignoreFailure: true,
      progress: 'progress',
      headers: { Authorization: 'Bearer example-token-of-a-tenant', Accept: 'application/json' },
      exitCriteria: { ...exitCriteria, success: 'status == "FINISHED" && progress >= 100' },
    },
  )
  await untilAttempt(waiting, 28)
  // From now on it stands still for as long as pictures are taken.
  await api(`/polls/${waiting}`, { pollIntervalSeconds: 90 }, 'PATCH')
  await api(`/polls/${waiting}/now`, {})
  await api(`/polls/${paused}/pause`, {})
  return { waiting, execution: await someExecutions() }
}

/** Pipelines that have run, and one that waits in the middle of its run. */
async function someExecutions() {
  const keep = (text) => api(`/pipelines/${encodeURIComponent(nameIn(text))}`, text, 'PUT')
  const begin = async (name, input) => {
    const { executionId } = await api(`/pipelines/${encodeURIComponent(name)}/executions`, { input })
    return executionId
  }
  await api('/variables/CLUSTER_TOKEN', { kind: 'SECRET', value: 'example-token-of-a-cluster' }, 'PUT')
  const texts = ['health-check', 'wait-until-deleted', 'image-enumeration', 'deployment', 'rollback']
  for (const text of texts.flatMap(example)) await keep(text)
  const [nodes, storage] = [jobs.job({ name: 'nodes', polls: 80 }), jobs.job({ name: 'storage', polls: 9 })]
  await keep(provisionCluster({ api: jobs.url, nodes, storage }))
  const execution = await begin('Provision cluster', {})
  for (const [name, input] of [
    ['Image enumeration', {}],
    ['Deployment', {}],
    ['Release', { end: 'FAILED' }],
  ])
    await api(`/executions/${await begin(name, { api: jobs.url, ...input })}?wait=30s`)
  return execution
}

/** The pipelines of an example, those that others run first. */
function example(name) {
  const text = readFileSync(join(root, `examples/${name}.yaml`), 'utf8')
  return text.split(/^---$/m).reverse()
}

function nameIn(text) {
  return /^name: (.*)$/m.exec(text)[1]
}

async function untilAttempt(id, iteration) {
  while ((await api(`/polls/${id}`)).iterationCount < iteration) await api(`/polls/${id}?wait=200ms`)
}

function shotsOf({ waiting, execution }) {
  const poll = {
    path: `/polls/${waiting}`,
    ready: (page) => page.getByRole('tabpanel').getByRole('row').nth(2).waitFor(),
  }
  const runs = { path: '/', ready: (page) => page.locator('.virtual .run .cell').nth(20).waitFor() }
  const form = { path: '/new', ready: tryIt }
  const pipelines = { path: '/pipelines', ready: (page) => page.getByRole('row').nth(6).waitFor() }
  const pipeline = { path: '/pipelines/Provision%20cluster', ready: edit }
  const run = {
    path: `/executions/${execution}`,
    ready: (page) => page.getByRole('tabpanel').getByRole('row').nth(2).waitFor(),
  }
  return [
    { name: 'execution-dark', theme: 'dark', size: { ...WIDE, height: 1180 }, ...run },
    { name: 'execution-light', theme: 'light', size: { ...WIDE, height: 1180 }, ...run },
    { name: 'execution-phone', theme: 'dark', size: PHONE, ...run },
    { name: 'pipelines-light', theme: 'light', size: { ...WIDE, height: 560 }, ...pipelines },
    { name: 'pipeline-dark', theme: 'dark', size: { ...WIDE, height: 1000 }, ...pipeline },
    { name: 'poll-light', theme: 'light', size: { ...WIDE, height: 1180 }, ...poll },
    { name: 'poll-dark', theme: 'dark', size: { ...WIDE, height: 1180 }, ...poll },
    { name: 'poll-phone', theme: 'light', size: PHONE, ...poll },
    { name: 'runs-dark', theme: 'dark', size: WIDE, ...runs },
    { name: 'new-poll-light', theme: 'light', size: WIDE, ...form },
  ]
}

async function tryIt(page) {
  await page.getByLabel('URL (required)').fill(jobs.job({ name: 'Image enumeration' }))
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('region', { name: 'Body' }).waitFor()
  await page.locator('#success').fill('status == "FINISHED"')
  await page.locator('#failure').fill('status == "FAILED"')
  await page.locator('#failure-judged').getByText('does not hold').waitFor()
  await page.evaluate('document.activeElement.blur()')
}

async function edit(page) {
  await page.getByRole('button', { name: 'Edit the YAML' }).click()
  await page.locator('.cm-line').filter({ hasText: 'Order cluster' }).first().waitFor()
  await page.getByText('nothing is wrong with it').waitFor()
  await page.evaluate('document.activeElement.blur(); window.scrollTo(0, 0)')
}

async function take({ name, theme, size, path, ready }) {
  const page = await browser.newPage({ viewport: size, colorScheme: theme, deviceScaleFactor: 1.5 })
  await page.goto(server.url + path)
  await ready(page)
  const png = (await page.screenshot()).toString('base64')
  await page.goto('about:blank')
  const webp = await page.evaluate(asWebp, { png, quality: QUALITY })
  await page.close()
  const bytes = Buffer.from(webp, 'base64')
  writeFileSync(join(target, `${name}.webp`), bytes)
  console.log(`${name}.webp ${Math.round(bytes.length / 1000)} KB`)
  return bytes.length
}

/** Runs in the browser, which can write WebP. */
async function asWebp({ png, quality }) {
  const picture = new Image()
  picture.src = `data:image/png;base64,${png}`
  await picture.decode()
  const canvas = document.createElement('canvas')
  canvas.width = picture.width
  canvas.height = picture.height
  canvas.getContext('2d').drawImage(picture, 0, 0)
  return canvas.toDataURL('image/webp', quality).split(',')[1]
}
