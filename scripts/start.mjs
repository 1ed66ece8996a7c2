// `npm start`: a sample job server on localhost, and `bide poll` on a job of it, attempt by attempt.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { jobServer } from '../dist/testing/index.js'

const server = await jobServer()
const response = await fetch(`${server.url}/iaas/api/images`, { method: 'POST', body: '{"polls":5}' })
const { selfLink } = await response.json()
const url = `${server.url}${selfLink}`
const args = ['poll', url, '--success', 'status == "FINISHED"', '--failure', 'status == "FAILED"']
args.push('--interval', '1s', '--progress', 'progress')
console.log(
  `A sample job runs at ${url}\n$ bide ${args.map((arg) => (/[ "]/.test(arg) ? `'${arg}'` : arg)).join(' ')}\n`,
)

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
// One line an attempt, also on a terminal, where bide would draw a single one anew.
const env = { ...process.env, TERM: 'dumb' }
const child = spawn(process.execPath, [command, ...args], { stdio: 'inherit', env })
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('close', async (code) => {
  await server.close()
  process.exitCode = code ?? 70
})
