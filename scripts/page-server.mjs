import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** A built `bide serve` with a data folder of its own, for who looks at its page. */
export async function startPageServer() {
  const folder = mkdtempSync(join(tmpdir(), 'bide-page-'))
  const args = ['serve', '--port', '0', '--data', join(folder, 'data'), '--egress-allow', '127.0.0.1']
  const child = spawn(process.execPath, [MAIN, ...args])
  const url = await addressOf(child)
  return {
    url,
    /** Asks the API; a text is sent as YAML. */
    async api(path, body, method = 'POST') {
      const type = typeof body === 'string' ? 'application/yaml' : 'application/json'
      const response = await fetch(`${url}/api/v1${path}`, {
        ...(body !== undefined && {
          method,
          headers: { 'content-type': type },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return response.json()
    },
    close() {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function addressOf(child) {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk
      const url = /listening on (\S+)/.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.on('close', () => reject(new Error(`the server did not start: ${said}`)))
  })
}
