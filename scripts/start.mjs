// `npm start`: a sample job server on localhost, and a pipeline that starts a job there and waits for it.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { jobServer } from '../dist/testing/index.js'

const server = await jobServer()
const args = ['run', 'examples/image-enumeration.yaml', '--input', `api=${server.url}`]
console.log(`A sample job server listens on ${server.url}\n$ bide ${args.join(' ')}\n`)

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const child = spawn(process.execPath, [command, ...args], { stdio: 'inherit', cwd: root })
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('close', async (code) => {
  await server.close()
  process.exitCode = code ?? 70
})
