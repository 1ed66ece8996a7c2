import { afterAll, beforeAll, expect, it } from 'vitest'
import { axeFindings, type Browser, type Server, startBrowser, startServer } from './browser.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

it.each(['light', 'dark'] as const)(
  'shows how the server goes, with nothing that axe finds, in the %s theme',
  async (colorScheme) => {
    const page = await browser.context.newPage()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 360, height: 800 })
    await page.goto(`${server.url}/health`)
    await page.getByRole('region', { name: 'Attempts a second' }).waitFor()
    await page.getByText(/bide \d.*embedded engine, up for \d+ s/).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.close()
  },
  90_000,
)
