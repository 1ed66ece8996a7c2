// Runs the unit tests on the newest Node 22 and 24 that the registry has: `node scripts/node-versions.mjs [22 24]`.
import { spawnSync } from 'node:child_process'

const wanted = process.argv.slice(2)
const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const failed = []
for (const major of wanted.length > 0 ? wanted : ['22', '24']) {
  console.log(`\nNode ${major}:`)
  const script = 'node --version && node node_modules/vitest/vitest.mjs run --project unit'
  const run = spawnSync('npx', ['--yes', '--package', `${platform}@${major}`, '-c', script], {
    stdio: 'inherit',
  })
  if (run.status !== 0) failed.push(major)
}
if (failed.length > 0) {
  console.error(`Failed on Node ${failed.join(', ')}.`)
  process.exitCode = 1
}
