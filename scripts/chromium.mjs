// The tests of the page look at it in a real Chromium: this finds one, or installs Debian's.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a Chromium. `BIDE_CHROMIUM` names one that lies elsewhere. */
export function chromium() {
  const found = [process.env.BIDE_CHROMIUM, ...PLACES].find((path) => path && existsSync(path))
  return found ?? install()
}

function install() {
  const said = []
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const run = spawnSync('apt-get', args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    said.push(run.error?.message ?? run.stderr)
    if (run.error) break
  }
  if (existsSync(PLACES[0])) return PLACES[0]
  throw new Error(
    `The tests of the page need a Chromium, and Debian's package could not be installed (as root: apt-get install chromium). Where there is one, name it: BIDE_CHROMIUM=PATH\n${said.join('\n').trim()}`,
  )
}
