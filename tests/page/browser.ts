import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Server {
  readonly url: string
  /** Kills it as a crash would. */
  kill(): Promise<void>
  /** Starts it anew on the same port and data. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** The built `bide serve`, in a folder of its own. */
export async function startServer(args: readonly string[] = []): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'bide-page-'))
  const options = ['--data', join(folder, 'data'), '--egress', 'open', ...args]
  let { child, url } = await serve(['--port', '0', ...options])
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await ended
  }
  return {
    url,
    kill,
    async restart() {
      ;({ child, url } = await serve(['--port', new URL(url).port, ...options]))
    },
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function serve(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(inject('build'), 'cli/main.js'), 'serve', ...args])
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk
      const url = /listening on (\S+)/.exec(said)?.[1]
      if (url !== undefined) resolve({ child, url })
    })
    child.on('close', () => reject(new Error(`the server did not start: ${said}`)))
  })
}

export interface Browser {
  readonly context: BrowserContext
  close(): Promise<void>
}

/** A real Chromium with a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'bide-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: inject('chromium'),
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with a page by WCAG 2.2 AA: a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const options = JSON.stringify({ runOnly: { type: 'tag', values: tags } })
  const { violations } = await page.evaluate<Found>(`axe.run(document, ${options})`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
  )
}

interface Found {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}
