import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { type JobServer, jobServer } from '../../src/testing/index.ts'
import { axeFindings, type Browser, type Server, startBrowser, startServer } from './browser.ts'

/** What a test of the page works with. */
export interface Opened {
  readonly jobs: JobServer
  readonly server: Server
  /** A new one for each test; a fault in it fails the test. */
  readonly page: Page
  button(name: string): Locator
  seen(text: string | RegExp): Promise<void>
  /** Nothing that axe finds, and nothing that sticks out of the window. */
  expectSound(): Promise<void>
}

/** Job server, `bide serve` and browser for the tests of a file. */
export function openPage(args: readonly string[] = []): Opened {
  // A browser on a machine with other work to do is slow; what is wrong shows in a locator's own time.
  vi.setConfig({ testTimeout: 120_000 })
  let [jobs, server, browser]: [JobServer?, Server?, Browser?] = []
  let page: Page | undefined
  let faults: string[] = []
  beforeAll(async () => {
    ;[jobs, server, browser] = await Promise.all([jobServer(), startServer(args), startBrowser()])
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await jobs?.close()
  })
  beforeEach(async () => {
    faults = []
    page = await (browser as Browser).context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        faults.push(message.text())
    })
  })
  afterEach(async () => {
    await page?.close()
    expect(faults).toEqual([])
  })
  const opened = {
    get jobs() {
      return jobs as JobServer
    },
    get server() {
      return server as Server
    },
    get page() {
      return page as Page
    },
    button: (name: string) => opened.page.getByRole('button', { name, exact: true }),
    seen: (text: string | RegExp) => opened.page.getByText(text).first().waitFor(),
    async expectSound() {
      expect(await axeFindings(opened.page)).toEqual([])
      const overhang = await opened.page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
      expect(overhang).toBeLessThanOrEqual(0)
    },
  }
  return opened
}

/** Both themes, wide and narrow. */
export const LOOKS = (['light', 'dark'] as const).flatMap((theme) =>
  [1280, 360].map((width) => ({ theme, width })),
)

/** Takes on a look, by the page's own choice of theme against that of the system. */
export async function takeOn(page: Page, { theme, width }: (typeof LOOKS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: 800 })
  await page.emulateMedia({ colorScheme: theme === 'light' ? 'dark' : 'light' })
  await page.getByLabel('Theme').selectOption(theme)
}
