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

  it.each(LOOKS)('have nothing that axe finds in the $theme theme at $width', async (look) => {
    const { page, server } = at
    await page.goto(`${server.url}/variables`)
    await takeOn(page, look)
    await add(`${look.theme}_${look.width}`, 'x', 'RESTRICTED')
    await button('New variable').click()
    await at.expectSound()
  })
})
