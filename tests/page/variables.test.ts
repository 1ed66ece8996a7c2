import { describe, expect, it } from 'vitest'
import { LOOKS, openPage, takeOn } from './open-page.ts'

const at = openPage()
const { button, seen } = at
const row = (name: string) => at.page.getByRole('row').filter({ hasText: name })

async function add(name: string, value: string, kind: string): Promise<void> {
  const { page } = at
  await button('New variable').click()
  await page.getByLabel('Name (required)').fill(name)
  await page.getByLabel('Kind').selectOption(kind)
  await page.getByLabel('Value').fill(value)
  await button('Save').click()
  await row(name).waitFor()
}

describe('variables', () => {
  it('are set, changed and deleted; a secret is never read back', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/variables`)
    await add('api', 'http://127.0.0.1:1', 'REGULAR')
    await add('password', 'hunter2hunter2', 'SECRET')
    await row('api').filter({ hasText: 'http://127.0.0.1:1' }).waitFor()
    await row('password').filter({ hasText: 'hidden' }).waitFor()
    await button('Change password').click()
    expect(await page.getByLabel('Value').inputValue()).toBe('')
    await seen('Used by every pipeline, masked wherever it would be seen, never shown again.')
    await button('Not now').click()
    await page.reload()
    await row('password').waitFor()
    expect(await page.content()).not.toContain('hunter2')
    await button('Change api').click()
    await page.getByLabel('Value').fill('http://127.0.0.1:2')
    await button('Save').click()
    await row('api').filter({ hasText: 'http://127.0.0.1:2' }).waitFor()
    await button('Delete api').click()
    await button('Yes, delete it').click()
    await row('api').waitFor({ state: 'detached' })
  })

  it('are offered by `$` where a new poll may hold them, and filled in by the server', async () => {
    const { page, server, jobs } = at
    const secret = 'a-secret-of-the-page'
    const url = new URL(jobs.route('/of-a-variable', { json: { status: 'FINISHED', echo: secret } }))
    await page.goto(`${server.url}/variables`)
    await add('origin', url.origin, 'REGULAR')
    await add('key', secret, 'SECRET')
    let answer = () => {}
    const opened = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/api/v1/variables', (route) => opened.then(() => route.continue()))
    await page.goto(`${server.url}/new`)
    await button('Names for URL').click()
    answer()
    await page.getByRole('option', { name: '${var.origin}' }).click()
    await page.keyboard.type(url.pathname)
    expect(await page.locator('#url').inputValue()).toBe(`\${var.origin}${url.pathname}`)
    await page.getByLabel('Value of header 1').fill('')
    await page.keyboard.type('text/${var.k')
    await page.getByRole('option', { name: '${var.key} hidden' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.getByLabel('Value of header 1').inputValue()).toBe('text/${var.key}')
    await page.getByLabel('Value of header 2').fill('${var.keyy}')
    await seen('${var.keyy}: there is no variable keyy; did you mean key?')
    await button('Remove header Content-Type').click()
    await button('Try it').click()
    await page.getByRole('region', { name: 'Body' }).filter({ hasText: '******' }).waitFor()
    expect(jobs.requests.at(-1)?.headers.accept).toBe(`text/${secret}`)
    expect(await page.content()).not.toContain(secret)
    await at.expectSound()
  })

  it.each(LOOKS)('have nothing that axe finds in the $theme theme at $width', async (look) => {
    const { page, server } = at
    await page.goto(`${server.url}/variables`)
    await takeOn(page, look)
    await add(`${look.theme}_${look.width}`, 'x', 'RESTRICTED')
    await button('New variable').click()
    await at.expectSound()
  })
})
