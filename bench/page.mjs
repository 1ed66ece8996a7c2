import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { chromium as playwright } from 'playwright-core'
import { jobServer } from '../dist/testing/index.js'
import { chromium } from '../scripts/chromium.mjs'
import { startPageServer } from '../scripts/page-server.mjs'
import { median, printTable } from './server.mjs'

const ROUNDS = 5
const POLLS = 200
const WEB = new URL('../dist/web', import.meta.url)

/** Prints how long pages take from the start of the navigation until their content is painted, and what is loaded first. */
export async function run() {
  const [jobs, server] = await Promise.all([jobServer(), startPageServer()])
  const browser = await playwright.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const pages = await pagesOf(server, jobs)
    const rows = []
    for (const [name, page] of Object.entries(pages)) {
      const cold = []
      const warm = []
      for (let round = 0; round < ROUNDS; round++) {
        const context = await browser.newContext()
        cold.push(await readyAfter(context, page))
        warm.push(await readyAfter(context, page))
        await context.close()
      }
      rows.push([name, ...[cold, warm].flatMap((times) => [ms(Math.min(...times)), ms(median(times))])])
    }
    printTable(
      ['page', 'nothing cached: the shortest', 'the median', 'cached: the shortest', 'the median'],
      rows,
    )
    console.log(`\n${firstScript()} KB of script, gzipped, are loaded for the first page.`)
  } finally {
    await browser.close()
    server.close()
    await jobs.close()
  }
}

async function pagesOf({ url, api }, jobs) {
  const exitCriteria = { success: 'status == "FINISHED"' }
  const ids = []
  for (let index = 0; index < POLLS; index++) {
    const task = { name: `poll ${index}`, url: jobs.job({ end: 'never' }), exitCriteria }
    ids.push((await api('/polls', { ...task, pollIntervalSeconds: 3600 })).id)
  }
  await api('/pipelines/Image%20enumeration', example('image-enumeration'), 'PUT')
  return {
    [`runs, ${POLLS} of them`]: { url, shown: '.virtual .run .cell' },
    'a poll': { url: `${url}/polls/${ids[0]}`, shown: '.why .big' },
    'new poll': { url: `${url}/new`, shown: '#url' },
    'a pipeline': { url: `${url}/pipelines/Image%20enumeration`, shown: '.task' },
  }
}

function example(name) {
  return readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8')
}

/** Milliseconds from the start of the navigation, by the browser's own clock. */
async function readyAfter(context, { url, shown }) {
  const page = await context.newPage()
  await page.addInitScript(noteWhenShown, shown)
  await page.goto(url)
  await page.locator(shown).first().waitFor()
  const at = await page.evaluate('window.whenShown')
  await page.close()
  return at
}

/** Runs in the page: the frame after the one in which it stands there has been painted. */
function noteWhenShown(selector) {
  window.whenShown = new Promise((resolve) => {
    const look = () => {
      if (document.querySelector(selector) === null) return requestAnimationFrame(look)
      requestAnimationFrame(() => resolve(performance.now()))
    }
    look()
  })
}

function firstScript() {
  const index = readFileSync(`${WEB.pathname}/index.html`, 'utf8')
  const paths = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path)
  const bytes = paths.map((path) => gzipSync(readFileSync(WEB.pathname + path)).length)
  return Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1024)
}

function ms(value) {
  return `${Math.round(value)} ms`
}
