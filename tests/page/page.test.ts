import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type JobServer, jobServer } from '../../src/testing/index.ts'
import { axeFindings, type Browser, type Server, startBrowser, startServer } from './browser.ts'

const FINISHED = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }

let jobs: JobServer
let server: Server
let browser: Browser
let page: Page
let faults: string[]

beforeAll(async () => {
  ;[jobs, server, browser] = await Promise.all([jobServer(), startServer(), startBrowser()])
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await jobs?.close()
})

beforeEach(async () => {
  faults = []
  page = await browser.context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      faults.push(message.text())
  })
})

afterEach(async () => {
  await page.close()
  expect(faults).toEqual([])
})

async function submit(task: object, to = server): Promise<string> {
  const response = await fetch(`${to.url}/api/v1/polls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pollIntervalSeconds: 30, exitCriteria: FINISHED, ...task }),
  })
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

const seen = (text: string | RegExp) => page.getByText(text).first().waitFor()
const button = (name: string) => page.getByRole('button', { name, exact: true })

describe('a newcomer', () => {
  it('makes a poll by form, sees why it waits, and cancels it', async () => {
    await page.goto(server.url)
    await page.getByRole('navigation').getByRole('link', { name: 'New poll' }).click()
    await page.getByLabel('URL (required)').fill(jobs.job({ end: 'never' }))
    await page.locator('#success').fill(FINISHED.success)
    await page.locator('#failure').fill(FINISHED.failure)
    await button('Start polling').click()
    await page.getByRole('heading', { name: 'Why it is still waiting' }).waitFor()
    await seen('The last answer: no condition holds yet: status is "INPROGRESS".')
    await seen('because the interval is 1 min')
    expect(await page.locator('.facts').innerText()).toMatch(
      /1 of 5[\s\S]*in \d+[\s\S]*at the latest[\s\S]*4 attempts that are left are used up[\s\S]*none/i,
    )
    await button('Cancel').click()
    await button('Yes, cancel it').click()
    await page.getByRole('heading', { name: 'It has ended: cancelled' }).waitFor()
    await seen(/Cancelled after 1 attempt in .*: by the API\./)
    await page.getByRole('link', { name: 'Runs' }).first().click()
    await page.getByRole('row').filter({ hasText: 'CANCELED' }).waitFor()
  })

  it('does it all by keyboard', async () => {
    await page.goto(`${server.url}/new`)
    await page.getByLabel('URL (required)').waitFor()
    const tabTo = async (name: string) => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab')
        const is = await page.evaluate<string>(
          'document.activeElement.id || document.activeElement.textContent',
        )
        if (is === name) return
      }
      throw new Error(`no way to ${name} by Tab`)
    }
    await tabTo('url')
    await page.keyboard.type(jobs.job({ end: 'never' }))
    await tabTo('success')
    await page.keyboard.type(FINISHED.success)
    await tabTo('Start polling')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Why it is still waiting' }).waitFor()
    await tabTo('Poll now')
    await page.keyboard.press('Enter')
    await page.locator('.attempt-row').nth(1).waitFor()
    const list = page.getByRole('listbox')
    await list.focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'Attempt 1: pending' }).waitFor()
    await page.getByRole('heading', { level: 1 }).click()
    await tabTo('Pause')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Paused' }).waitFor()
  })
})

describe('the form', () => {
  it('says what is wrong at its field as one types, in the words of the server', async () => {
    await page.goto(`${server.url}/new`)
    await page.locator('#pollCount').fill('0')
    await seen('must be at least 1')
    await page.locator('#success').fill('status = "FINISHED"')
    await page.locator('#success-error').filter({ hasText: 'at 1:8' }).waitFor()
    await page.getByLabel('URL (required)').fill('ftp://far')
    await seen('expected an http or https URL; only http and https are polled')
    await page.getByLabel('Name of header 1').fill('Not a name')
    await seen(/a header name holds letters/)
    await button('Start polling').click()
    expect(await page.evaluate('document.activeElement.id')).toBe('url')
  })

  it('tries it: shows the answer, judges the conditions against it, and offers its properties', async () => {
    await page.goto(`${server.url}/new`)
    await page.getByLabel('URL (required)').fill(jobs.job())
    await button('Try it').click()
    await page.getByRole('region', { name: 'Body' }).filter({ hasText: '"INPROGRESS"' }).waitFor()
    await page.getByRole('button', { name: 'Names for Success Condition' }).click()
    await page.getByRole('option', { name: 'status "INPROGRESS"' }).click()
    await page.keyboard.type(' == "INPROGRESS" && $prog')
    await page.getByRole('option', { name: 'progress' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.locator('#success').inputValue()).toBe('status == "INPROGRESS" && progress')
    await page.locator('#success').fill('status == "INPROGRESS"')
    expect(await page.locator('#success').inputValue()).toBe('status == "INPROGRESS"')
    await page
      .locator('#success-judged')
      .filter({ hasText: /^holds/ })
      .waitFor()
    await page.locator('#success').fill('status == "DONE"')
    await page
      .locator('#success-judged')
      .filter({ hasText: 'does not hold over the answer: status == "DONE" -> false: status is "INPROGRESS"' })
      .waitFor()
  })

  it('fills itself from a curl command', async () => {
    await page.goto(`${server.url}/new`)
    await page.getByLabel('URL (required)').waitFor()
    const text = `curl -X PUT 'https://far.test/jobs?a=1' \\\n  -H 'X-Corp: it'"'"'s' --data '{"a":1}' --compressed`
    await page.evaluate(`
      const clipboardData = new DataTransfer()
      clipboardData.setData('text', ${JSON.stringify(text)})
      const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      document.getElementById('url').dispatchEvent(pasted)
    `)
    await page.locator('summary', { hasText: 'More' }).click()
    expect(await page.getByLabel('URL (required)').inputValue()).toBe('https://far.test/jobs?a=1')
    expect(await page.getByLabel('Name of header 1').inputValue()).toBe('X-Corp')
    expect(await page.getByLabel('Value of header 1').inputValue()).toBe("it's")
    expect(await page.locator('#method').inputValue()).toBe('PUT')
    expect(await page.locator('#payload').inputValue()).toBe('{"a":1}')
  })
})

describe('what is live', () => {
  it('follows a poll to its end, with one announcement for each change of state', async () => {
    const url = jobs.job({ polls: 6 })
    const id = await submit({ name: 'to the end', url, pollIntervalSeconds: 0.2, initialDelaySeconds: 3600 })
    await page.addInitScript(`
      window.said = []
      new MutationObserver(() => {
        const text = document.querySelector('[data-testid=announcement]')?.textContent
        if (text && said.at(-1) !== text) said.push(text)
      }).observe(document, { childList: true, characterData: true, subtree: true })
    `)
    await page.goto(`${server.url}/polls/${id}`)
    await button('Poll now').click()
    await page.getByRole('heading', { name: 'It has ended: succeeded' }).waitFor()
    await page.getByRole('heading', { name: '7 attempts' }).waitFor()
    await page.getByRole('heading', { name: 'Attempt 7: succeeded' }).waitFor()
    await page
      .getByTestId('announcement')
      .filter({ hasText: 'to the end: COMPLETED. Succeeded after 7 attempts' })
      .waitFor({ state: 'attached' })
    const said = await page.evaluate('window.said')
    expect(said).toHaveLength(1)
  })

  it('shows a lost connection, and mends it when the server is back', async () => {
    const own = await startServer()
    try {
      const id = await submit({ url: jobs.job({ polls: 20 }), pollIntervalSeconds: 0.2 }, own)
      await page.goto(`${own.url}/polls/${id}`)
      await page.locator('.attempt-row').first().waitFor()
      await own.kill()
      await seen('The connection is lost; it is being mended.')
      await own.restart()
      await page.getByRole('heading', { name: 'It has ended: succeeded' }).waitFor({ timeout: 25_000 })
      await page.getByText('The connection is lost').waitFor({ state: 'detached' })
      const numbers = await page.locator('.attempt-row .number').allInnerTexts()
      expect(numbers.map(Number)).toEqual(numbers.map((_, i) => Number(numbers[0]) - i))
    } finally {
      await own.close()
    }
  })

  it('makes only the rows in sight of a thousand runs, and loads on as one scrolls', async () => {
    const own = await startServer()
    try {
      const url = jobs.job({ end: 'never' })
      const names = Array.from({ length: 1000 }, (_, i) => `run ${i}`)
      await submit({ name: 'first', url }, own)
      const lines = names.map((name) => JSON.stringify({ name, url, initialDelaySeconds: 3600 })).join('\n')
      const headers = { 'content-type': 'application/x-ndjson' }
      const taken = await fetch(`${own.url}/api/v1/polls/batch`, { method: 'POST', headers, body: lines })
      expect((await taken.text()).trim().split('\n')).toHaveLength(1000)
      await page.goto(own.url)
      for (let loaded = 100; loaded <= 1000; loaded += 100) {
        await seen(`${loaded} runs loaded`)
        await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
      }
      await seen('1001 runs')
      expect(await page.locator('.virtual .run').count()).toBeLessThan(50)
      await page.getByLabel('Text in name, id or host').fill('FIRST')
      await page.getByRole('row').filter({ hasText: 'first' }).waitFor()
    } finally {
      await own.close()
    }
  }, 90_000)

  it('lists a run as soon as it is there, shows it as it goes on, and keeps the filter in the address', async () => {
    await page.goto(`${server.url}/?text=fresh+run&status=`)
    await seen('No run is as these filters ask.')
    const id = await submit({ name: 'fresh run', url: jobs.job({ polls: 3 }), pollIntervalSeconds: 0.3 })
    const row = page.getByRole('row').filter({ hasText: 'fresh run' })
    await row.filter({ hasText: 'COMPLETED' }).waitFor()
    expect(await row.locator('.cell').count()).toBe(4)
    expect(await row.locator('.cell.succeeded').count()).toBe(1)
    await page.getByLabel('Status').selectOption('FAILED')
    await seen('No run is as these filters ask.')
    await page.waitForURL('**/?status=FAILED&text=fresh+run')
    await page.reload()
    expect(await page.getByLabel('Status').inputValue()).toBe('FAILED')
    await button('Show all').click()
    await page.waitForURL(`${server.url}/`)
    await page.getByRole('link', { name: 'fresh run' }).first().click()
    await page.waitForURL(`**/polls/${id}`)
  })

  it('mends the list of runs when the server is back', async () => {
    const own = await startServer()
    try {
      await page.goto(own.url)
      await seen('Nothing is waited for yet')
      await own.kill()
      await seen('The connection is lost; it is being mended.')
      await own.restart()
      await submit({ name: 'later', url: jobs.job({ end: 'never' }) }, own)
      await page.getByRole('row').filter({ hasText: 'later' }).waitFor({ timeout: 25_000 })
      await page.getByText('The connection is lost').waitFor({ state: 'detached' })
    } finally {
      await own.close()
    }
  })

  it('does no more for a thousand runs that all change than for those in sight', async () => {
    const rowOf = (index: number, iterationCount: number) => ({
      kind: 'poll',
      id: `run-${index}`,
      name: `run ${index}`,
      pipeline: null,
      status: 'RUNNING',
      outcome: null,
      message: null,
      iterationCount,
      pollCount: 60,
      lastCode: 200,
      verdicts: 'p'.repeat(iterationCount % 30),
      nextAttemptAt: null,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:09.000Z',
      executionIndex: null,
      requestBy: null,
    })
    const rows = Array.from({ length: 1000 }, (_, index) => rowOf(index, 1))
    const changes = Array.from({ length: 5000 }, (_, at) => {
      const event = {
        number: at + 1,
        kind: 'changed',
        at: '',
        data: rowOf(at % 1000, 2 + Math.floor(at / 1000)),
      }
      return `id: ${at + 1}\nevent: changed\ndata: ${JSON.stringify(event)}\n\n`
    })
    let mayChange = () => {}
    const asked = new Promise<void>((resolve) => {
      mayChange = resolve
    })
    await page.route('**/api/v1/runs?**', (route) => route.fulfill({ json: { runs: rows, next: null } }))
    await page.route('**/api/v1/runs/events', async (route) => {
      await asked
      await route.fulfill({ contentType: 'text/event-stream', body: changes.join('') })
    })
    await page.goto(server.url)
    await page.getByRole('row').nth(10).waitFor()
    await page.evaluate(`
      window.changed = 0
      new MutationObserver((records) => { window.changed += records.length })
        .observe(document.querySelector('.virtual'), { childList: true, characterData: true, subtree: true })
    `)
    mayChange()
    await page.getByRole('row').nth(1).filter({ hasText: '6/60' }).waitFor()
    const shown = await page.locator('.virtual .run').count()
    expect(shown).toBeLessThan(50)
    // A row in sight may change some ten places at each of five changes; the rest of a thousand must not count.
    expect(await page.evaluate('window.changed')).toBeLessThan(shown * 5 * 10)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  })

  it('holds ten thousand attempts', async () => {
    const id = await submit({ url: jobs.job({ end: 'never' }), pollCount: 20_000 })
    const verdicts = ['pending', 'throttled', 'broken'] as const
    const events = Array.from({ length: 10_000 }, (_, i) => {
      const data = {
        iteration: i + 1,
        startedAt: 1_750_000_000_000 + i * 1000,
        durationMs: i % 90,
        code: 200,
        verdict: verdicts[i % 3],
        reason: 'r',
        values: {},
        progress: null,
        next: null,
        bodyChanged: false,
        notes: [],
      }
      return `id: ${i + 1}\nevent: attempt\ndata: ${JSON.stringify({ number: i + 1, kind: 'attempt', at: '', data })}\n\n`
    })
    await page.route('**/events', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: events.join('') }),
    )
    await page.goto(`${server.url}/polls/${id}`)
    await page.getByRole('heading', { name: '10000 attempts' }).waitFor()
    expect(await page.locator('.attempt-row').count()).toBeLessThan(60)
    await page.getByRole('listbox').focus()
    await page.keyboard.press('End')
    await page.getByRole('heading', { name: 'Attempt 1: pending' }).waitFor()
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  })
})

describe('a chosen attempt', () => {
  const told = (status: string, n: number) => ({ json: { status, n, token: 'a-secret-token' } })
  const submitTold = () =>
    submit({
      name: 'told',
      url: jobs.route(`/told/${Math.random()}`, told('A', 1), told('B', 2), 'truncate', told('DONE', 4)),
      headers: { Authorization: 'Bearer a-secret-token' },
      pollIntervalSeconds: 0.02,
      ignoreFailure: true,
      exitCriteria: { success: 'status == "DONE" && n > 3', failure: 'status == "FAILED"' },
    })

  it('shows its request, its answer, what is new in it, and what each condition saw', async () => {
    const id = await submitTold()
    await page.goto(`${server.url}/polls/${id}`)
    await page.getByRole('heading', { name: 'It has ended: succeeded' }).waitFor()
    const panel = page.getByRole('tabpanel')
    await panel.getByRole('row', { name: 'n > 3 true', exact: true }).waitFor()
    await page.getByRole('slider', { name: 'Attempts over time' }).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Attempt 2: pending' }).waitFor()
    await panel.getByRole('row', { name: 'n > 3 false', exact: true }).waitFor()
    expect(await panel.locator('.condition-source').first().innerText()).toMatch(
      /status[\s\S]*"B" == "FAILED"/,
    )
    await page.getByRole('tab', { name: 'Conditions' }).focus()
    await page.keyboard.press('ArrowRight')
    await panel.getByText('"B"').waitFor()
    await button('Raw').click()
    await panel.getByText('{"status":"B","n":2,"token":"******"}').waitFor()
    await button('Changes').click()
    await panel.getByText('−   "status": "A",').waitFor()
    await panel.getByText('+   "status": "B",').waitFor()
    await page.getByRole('tab', { name: 'Headers' }).click()
    await panel.getByText('application/json').waitFor()
    await page.getByRole('tab', { name: 'Request' }).click()
    expect(await panel.innerText()).toMatch(/GET http:[\s\S]*Authorization[\s\S]*\*{6}/)
    await page.getByRole('listbox').focus()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('heading', { name: 'Attempt 3: broken' }).waitFor()
    await page.getByRole('tab', { name: 'Body' }).click()
    await panel.getByText('Nothing whole came back.').waitFor()
    expect(await page.locator('body').innerText()).not.toContain('a-secret-token')
  })

  it('is in the evidence that one takes away, with its answer and no secret', async () => {
    const id = await submitTold()
    await page.goto(`${server.url}/polls/${id}`)
    await page.getByRole('heading', { name: 'It has ended: succeeded' }).waitFor()
    const [saved] = await Promise.all([page.waitForEvent('download'), button('Download evidence').click()])
    const text = readFileSync(await saved.path(), 'utf8')
    const evidence = JSON.parse(text)
    expect(evidence.poll).toMatchObject({ id, outcome: 'succeeded' })
    expect(evidence.attempts).toHaveLength(4)
    expect(evidence.answers[1].response.body).toBe('{"status":"B","n":2,"token":"******"}')
    expect(text).not.toContain('a-secret-token')
  })
})

describe('what comes from outside', () => {
  it('is only ever text, whatever it holds', async () => {
    const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
    const url = jobs.route('/evil', {
      headers: { 'x-evil': evil.slice(0, 60), 'content-type': 'text/html' },
      body: `${evil}</pre><svg onload="document.title='owned'">`,
    })
    const task = {
      name: evil,
      url,
      pollCount: 1,
      exitCriteria: { success: 'responseBody.contains("nothing")' },
    }
    const id = await submit(task)
    await page.goto(`${server.url}/polls/${id}`)
    await page.getByRole('heading', { name: 'It has ended: exhausted' }).waitFor()
    await page.getByRole('tab', { name: 'Headers' }).click()
    expect(await page.getByRole('tabpanel').innerText()).toContain('<img src=x')
    await page.getByRole('tab', { name: 'Body' }).click()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('<script>')
    expect(await page.getByRole('region', { name: 'Body' }).innerText()).toContain('<svg onload')
    await page.goto(server.url)
    await page.getByRole('link', { name: evil }).waitFor()
    expect(await page.title()).toBe('bide')
    expect(await page.locator('main img, main script').count()).toBe(0)
  })

  it('could not run even if it were more: the policy allows no script but the own', async () => {
    const response = await page.goto(server.url)
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await response?.text()).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=/)
  })
})

it('offers only what the token may do, and asks for one first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bide-tokens-'))
  const digest = createHash('sha256').update('a-viewer').digest('hex')
  writeFileSync(join(folder, 'tokens'), `viewer looker ${digest}\n`)
  const own = await startServer(['--tokens', join(folder, 'tokens')])
  try {
    await page.goto(own.url)
    await page.getByLabel('Token').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeFindings(page)).toEqual([])
    }
    await page.getByLabel('Token').fill('another')
    await button('Sign in').click()
    await seen('A token is needed')
    await page.getByLabel('Token').fill('a-viewer')
    await button('Sign in').click()
    await seen('Nothing is waited for yet')
    expect(await page.getByRole('link', { name: 'New poll' }).count()).toBe(0)
  } finally {
    await own.close()
  }
})

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each([1280, 360])(
    'axe finds nothing at a width of %i, and nothing sticks out',
    async (width) => {
      const done = await submit({
        name: 'done',
        url: jobs.job({ polls: 1, first: [{ status: 503 }] }),
        pollIntervalSeconds: 0.05,
        ignoreFailure: true,
      })
      const waiting = await submit({
        url: jobs.job({ end: 'never' }),
        progress: 'progress',
        timeoutSeconds: 900,
        exitCriteria: { ...FINISHED, pending: 'true' },
      })
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme: theme === 'light' ? 'dark' : 'light' })
      await page.goto(server.url)
      await page.getByLabel('Theme').selectOption(theme)
      const check = async () => {
        expect(await axeFindings(page)).toEqual([])
        const overhang = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        expect(overhang).toBeLessThanOrEqual(0)
      }
      await page.getByRole('row').nth(1).waitFor()
      await check()
      await page.goto(`${server.url}/?text=nothing+of+that+kind`)
      await seen('No run is as these filters ask.')
      await check()
      await page.evaluate(`document.querySelector('main').append(document.createElement('input'))`)
      expect(await axeFindings(page)).toHaveLength(1)
      await page.goto(`${server.url}/polls/${done}`)
      await page.getByRole('heading', { name: 'It has ended: succeeded' }).waitFor()
      await page.locator('.attempt-row').first().waitFor()
      await check()
      await page.goto(`${server.url}/polls/${waiting}`)
      await page.locator('.attempt-row').first().waitFor()
      await button('Copy as bide poll').click()
      await seen('bide poll http://127.0.0.1')
      await check()
      await page.goto(`${server.url}/new`)
      await page.getByLabel('URL (required)').fill(jobs.job())
      await page.locator('#success').fill('status == 7 &&')
      await page.locator('#success-error:not(:empty)').waitFor()
      await page.locator('#success').fill(FINISHED.success)
      await button('Try it').click()
      await page.getByRole('region', { name: 'Body' }).waitFor()
      await page.locator('summary', { hasText: 'More' }).click()
      await page.locator('#pollCount').fill('none')
      await page.getByRole('button', { name: 'Names for Failure Condition' }).click()
      await page.getByRole('listbox').waitFor()
      await check()
    },
    120_000,
  )
})
