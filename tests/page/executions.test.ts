import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Server, startServer } from './browser.ts'
import { LOOKS, openPage, takeOn } from './open-page.ts'

const at = openPage()
const { button, seen } = at

const example = (name: string) =>
  readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8')

async function keep(text: string, to: Server = at.server): Promise<void> {
  for (const document of text.split(/^---$/m).reverse()) {
    const name = /^name: (.*)$/m
      .exec(document)?.[1]
      ?.replace(/^'(.*)'$/, '$1')
      .replaceAll("''", "'") as string
    const response = await fetch(`${to.url}/api/v1/pipelines/${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/yaml' },
      body: document,
    })
    expect(response.status, await response.text()).toBeLessThan(300)
  }
}

async function start(name: string, input: object, to: Server = at.server): Promise<string> {
  const response = await fetch(`${to.url}/api/v1/pipelines/${encodeURIComponent(name)}/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input }),
  })
  const said = (await response.json()) as { executionId: string }
  expect(response.status, JSON.stringify(said)).toBe(202)
  return said.executionId
}

/** A pipeline of one POLL task that waits as long as its job does. */
const waiting = (name: string, url: string, intervalSeconds = 30) => `kind: PIPELINE
name: ${name}
stageOrder: [Wait]
stages:
  Wait:
    taskOrder: [Job]
    tasks:
      Job:
        type: POLL
        input:
          url: ${url}
          pollCount: 60
          pollIntervalSeconds: ${intervalSeconds}
          exitCriteria: { success: status == "FINISHED", failure: status == "FAILED" }
`

const task = (page: Page, key: string) => page.locator(`[data-task="${key}"]`)
const status = (text: string) => at.page.locator('.heading .run-status').first().filter({ hasText: text })

describe('a run', () => {
  it('is started by a form of its inputs, followed to its end, and gives the bindings of its values', async () => {
    const { page, server, jobs } = at
    const described = example('deployment').replace(
      'output:\n',
      '_inputMeta:\n  api: { description: Where the job server is, mandatory: true }\noutput:\n',
    )
    await keep(described)
    await page.goto(`${server.url}/pipelines/Deployment`)
    await button('Run…').click()
    await seen('Where the job server is')
    await page.getByLabel('api (required)').fill('')
    await button('Start').click()
    await seen('api has to be given')
    await page.getByLabel('api (required)').fill(jobs.url)
    await page.getByLabel('Comments').fill('a first try')
    await button('Start').click()
    await page.getByRole('heading', { level: 1, name: 'Deployment #1' }).waitFor()
    await status('COMPLETED').waitFor({ timeout: 25_000 })
    await seen('Execution Completed.')
    await seen(/a first try/)
    await task(page, 'Wait.Warm up').filter({ hasText: 'failed, went on' }).waitFor()
    await task(page, 'Verify.Tell').filter({ hasText: 'skipped' }).waitFor()
    await page
      .getByTestId('announcement')
      .filter({ hasText: 'Deployment #1: COMPLETED' })
      .waitFor({ state: 'attached' })
    await task(page, 'Start.Web').click()
    const outputs = page.getByRole('group', { name: 'Outputs', exact: true })
    await outputs.locator('summary').filter({ hasText: 'responseJson' }).waitFor()
    await outputs
      .locator('.json-leaf')
      .filter({ hasText: /^selfLink/ })
      .getByRole('button')
      .click()
    const found = '${Start.Web.output.responseJson.selfLink}'
    await outputs.locator('.found').filter({ hasText: found }).filter({ hasText: 'copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(found)
    await at.expectSound()
    await page.getByRole('link', { name: 'Run again' }).click()
    await page.getByLabel('api (required)').waitFor()
    expect(await page.getByLabel('api (required)').inputValue()).toBe(jobs.url)
    await page.getByRole('row').filter({ hasText: '#1' }).filter({ hasText: 'COMPLETED' }).waitFor()
  })

  it('shows why a Poll task waits, is paused, resumed and cancelled', async () => {
    const { page, server, jobs } = at
    await keep(waiting('Long', jobs.job({ end: 'never' })))
    const id = await start('Long', {})
    await page.goto(`${server.url}/executions/${id}`)
    await task(page, 'Wait.Job').filter({ hasText: '1 of 60' }).waitFor()
    await page.getByRole('heading', { name: 'Why it is still waiting' }).waitFor()
    await seen('because the interval is 30 s')
    await seen('It has succeeded when')
    await page.locator('.attempt-row').first().waitFor()
    await at.expectSound()
    await button('Pause').click()
    await button('Resume').waitFor()
    await button('Resume').click()
    await status('RUNNING').waitFor()
    await button('Cancel').click()
    await button('Yes, cancel it').click()
    await status('CANCELED').waitFor()
    await task(page, 'Wait.Job').filter({ hasText: 'cancelled' }).waitFor()
    expect(await button('Pause').count()).toBe(0)
  })

  it('shows each attempt of a Poll task as that of a poll: request, answer, what was new, what was seen', async () => {
    const { page, server, jobs } = at
    const secret = 'a-secret-of-the-page'
    const told = (status: string, n: number) => ({ json: { status, n, token: secret } })
    const url = jobs.route('/task', told('A', 1), told('B', 2), 'truncate', told('DONE', 4))
    await fetch(`${server.url}/api/v1/variables/PAGE_TOKEN`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'SECRET', value: secret }),
    })
    await keep(`kind: PIPELINE
name: Answered
input: { end: DONE }
stageOrder: [Wait]
stages:
  Wait:
    taskOrder: [Job]
    tasks:
      Job:
        type: POLL
        input:
          url: ${url}
          headers: { Authorization: "Bearer \${var.PAGE_TOKEN}" }
          pollIntervalSeconds: 0.05
          ignoreFailure: true
          exitCriteria: { success: 'status == "\${input.end}" && n > 3' }
`)
    const id = await start('Answered', {})
    await page.goto(`${server.url}/executions/${id}`)
    await status('COMPLETED').waitFor({ timeout: 25_000 })
    await page.getByRole('heading', { name: 'Attempt 4: succeeded' }).waitFor()
    const panel = page.getByRole('tabpanel')
    await panel.getByRole('row', { name: 'n > 3 true', exact: true }).waitFor()
    await page.getByRole('slider', { name: 'Attempts over time' }).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Attempt 2: pending' }).waitFor()
    await panel.getByRole('row', { name: 'n > 3 false', exact: true }).waitFor()
    await page.getByRole('tab', { name: 'Body' }).click()
    await panel.getByText('"B"').waitFor()
    await button('Raw').click()
    await panel.getByText('{"status":"B","n":2,"token":"******"}').waitFor()
    await button('Changes').click()
    await panel.getByText('−   "status": "A",').waitFor()
    await page.getByRole('tab', { name: 'Headers' }).click()
    await panel.getByText('application/json').waitFor()
    await page.getByRole('tab', { name: 'Request' }).click()
    expect(await panel.innerText()).toMatch(/GET http:[\s\S]*Authorization[\s\S]*\*{6}/)
    await at.expectSound()
    const [saved] = await Promise.all([page.waitForEvent('download'), button('Download evidence').click()])
    const text = readFileSync(await saved.path(), 'utf8')
    const evidence = JSON.parse(text)
    expect(evidence).toMatchObject({ task: 'Wait.Job', execution: { executionId: id } })
    expect(evidence.attempts).toHaveLength(4)
    expect(evidence.answers[1].response.body).toBe('{"status":"B","n":2,"token":"******"}')
    expect(text + (await page.locator('body').innerText())).not.toContain(secret)
  })

  it('leads to the run that rolls it back, and to those that it runs', async () => {
    const { page, server, jobs } = at
    await keep(example('rollback'))
    await keep(`kind: PIPELINE
name: Outer
input: { api: "" }
stageOrder: [All]
stages:
  All:
    taskOrder: [Release]
    tasks:
      Release:
        type: Pipeline
        input:
          pipeline: Release
          inputProperties: { api: "\${input.api}", end: FAILED }
`)
    const id = await start('Outer', { api: jobs.url })
    await page.goto(`${server.url}/executions/${id}`)
    await status('FAILED').waitFor({ timeout: 25_000 })
    await page.getByRole('region', { name: 'Picture of Run of Release' }).waitFor()
    await task(page, 'Deploy.Wait').filter({ hasText: 'failed' }).waitFor()
    await page.getByRole('region', { name: 'Picture of Rollback by Undo release' }).waitFor()
    await task(page, 'Undo.Gone').filter({ hasText: 'completed' }).click()
    await page.getByRole('heading', { name: 'Undo.Gone' }).waitFor()
    await at.expectSound()
  })

  it('goes on in an open page over a restart of the server', async () => {
    const { page, jobs } = at
    const own = await startServer()
    try {
      await keep(waiting('Restarted', jobs.job({ polls: 25 }), 0.2), own)
      const id = await start('Restarted', {}, own)
      await page.goto(`${own.url}/executions/${id}`)
      await page.locator('.attempt-row').nth(1).waitFor()
      await own.kill()
      await seen('The connection is lost; it is being mended.')
      await own.restart()
      await status('COMPLETED').waitFor({ timeout: 25_000 })
      await page.getByText('The connection is lost').waitFor({ state: 'detached' })
      const numbers = await page.locator('.attempt-row .number').allTextContents()
      expect(numbers.map(Number)).toEqual(numbers.map((_, i) => Number(numbers[0]) - i))
      await keep(waiting('Later', jobs.job({ end: 'never' })), own)
      await page.goto(`${own.url}/pipelines`)
      const row = page.getByRole('row').filter({ hasText: 'Later' })
      await row.filter({ hasText: 'never run' }).waitFor()
      await own.kill()
      await seen('The connection is lost; it is being mended.')
      await own.restart()
      await start('Later', {}, own)
      await row.filter({ hasText: 'RUNNING' }).waitFor({ timeout: 25_000 })
      await page.getByText('The connection is lost').waitFor({ state: 'detached' })
    } finally {
      await own.close()
    }
  })

  it('is only ever text, whatever its names and answers hold', async () => {
    const { page, server, jobs } = at
    const evil = `<img src=x onerror="document.title='owned'"> 100% a&b?c#d`
    const body = JSON.stringify({ [evil]: `<script>document.title='owned'</script>`, 'a.b': { 'c"d': 1 } })
    const url = jobs.route('/evil', { headers: { 'content-type': 'application/json' }, body })
    await keep(`kind: PIPELINE
name: '${evil.replaceAll("'", "''")}'
description: <svg onload=alert(1)>
stageOrder: [Stage]
stages:
  Stage:
    taskOrder: [Ask]
    tasks:
      Ask:
        type: REST
        input: { action: get, url: "${url}" }
`)
    const id = await start(evil, {})
    await page.goto(`${server.url}/pipelines`)
    await page.getByRole('link', { name: evil }).first().click()
    await page.getByRole('heading', { level: 1, name: evil }).waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: evil }).waitFor()
    await page.goto(`${server.url}/executions/${id}`)
    await status('COMPLETED').waitFor()
    const outputs = page.getByRole('group', { name: 'Outputs', exact: true })
    await outputs.getByText(`<script>document.title='owned'</script>`).first().waitFor()
    await outputs.locator('summary').filter({ hasText: 'a.b' }).click()
    await outputs.locator('.json-leaf').filter({ hasText: 'c"d' }).getByRole('button').click()
    await outputs
      .locator('.found')
      .filter({ hasText: '${Stage.Ask.output.responseJson["a.b"]["c\\"d"]}' })
      .waitFor()
    expect(await page.title()).toBe('bide')
    expect(await page.locator('main img, main script').count()).toBe(0)
  })
})

describe('the pages of pipelines', () => {
  it.each(LOOKS)(
    'have nothing that axe finds in the $theme theme at $width',
    async (look) => {
      const { page, server, jobs } = at
      await keep(example('deployment'))
      await keep(example('rollback'))
      const id = await start('Deployment', { api: jobs.url })
      await page.goto(`${server.url}/pipelines`)
      await takeOn(page, look)
      await page.getByRole('row').nth(1).waitFor()
      await at.expectSound()
      await page.goto(`${server.url}/pipelines/Release?run`)
      await button('Start').waitFor()
      await button('Edit the YAML').click()
      await page.locator('.cm-content').waitFor()
      await at.expectSound()
      await page.goto(`${server.url}/executions/${id}`)
      await status('COMPLETED').waitFor({ timeout: 25_000 })
      for (const key of ['Start.Web', 'Wait.Warm up', 'Verify.Complete']) {
        await task(page, key).click()
        await page.getByRole('heading', { name: key }).waitFor()
        await at.expectSound()
      }
    },
    120_000,
  )
})
