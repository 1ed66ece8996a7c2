import { describe, expect, it } from 'vitest'
import { LOOKS, openPage, takeOn } from './open-page.ts'

const at = openPage()
const { button, seen } = at

describe('tokens', () => {
  it('are made, shown this once with a copy, work, and are revoked', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/tokens`)
    await page.getByLabel('Name (required)').fill('nightly-build')
    await page.getByLabel('Role').selectOption('runner')
    await seen('Also starts, pauses and cancels polls and executions.')
    await button('Create').click()
    await seen(/It is shown this once/)
    const token = (await page.locator('.secret').textContent()) as string
    await button('Copy').click()
    await button('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token)
    const me = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
    expect(me.status).toBe(200)
    await button('I have it').click()
    expect(await page.content()).not.toContain(token)
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'nightly-build' }).filter({ hasText: 'runner' }).waitFor()
    expect(await page.content()).not.toContain(token)
    await button('Revoke nightly-build').click()
    await button('Yes, revoke it').click()
    await page.getByRole('row').filter({ hasText: 'nightly-build' }).waitFor({ state: 'detached' })
  })

  it('say what is wrong with a name', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/tokens`)
    await page.getByLabel('Name (required)').fill('one')
    await button('Create').click()
    await page.getByRole('row').filter({ hasText: 'one' }).waitFor()
    await page.getByLabel('Name (required)').fill('one')
    await seen('there is a token of this name')
    await page.getByLabel('Name (required)').fill('<b>\u0000')
    await button('Create').click()
    await page.getByRole('alert').filter({ hasText: 'The token does not fit' }).waitFor()
  })

  it.each(LOOKS)('have nothing that axe finds in the $theme theme at $width', async (look) => {
    const { page, server } = at
    await page.goto(`${server.url}/tokens`)
    await takeOn(page, look)
    await page.getByLabel('Name (required)').fill(`${look.theme}-${look.width}`)
    await button('Create').click()
    await seen(/It is shown this once/)
    await button(`Revoke ${look.theme}-${look.width}`).click()
    await at.expectSound()
  })
})
