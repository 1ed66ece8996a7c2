// V8 takes as long to compile a command as to run it. Here the command that was built is run as most will run it, and
// what V8 had compiled by its end is kept beside each pack, for the launcher of the same V8 to take.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const RECORDER = fileURLToPath(new URL('record-compiled-code.cjs', import.meta.url))

/** What is run, and the packs whose code is kept after it. */
const RUNS = [
  [['poll', 'condition'], (url) => ['poll', url, '--success', 'status == "FINISHED"']],
  [['re2'], () => ['check', '--success', 'responseBody.matches("^[a-z]+ [0-9]+$")', '--response', '-']],
  [['protobuf'], () => ['check', '--success', 'duration("1h") > duration("1m")', '--response', '-']],
]

/** @throws where a run fails, or keeps nothing. */
export async function keepCompiledCode(folder) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ progress: 100, status: 'FINISHED' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/job`
  try {
    for (const [packs, argumentsFor] of RUNS) await keepFrom(folder, packs, argumentsFor(url))
  } finally {
    server.close()
  }
}

async function keepFrom(folder, packs, args) {
  const machine = `${process.versions.v8}-${process.platform}-${process.arch}`
  const files = packs.map((pack) => `${folder}/${pack}-${machine}.bin`)
  // The launcher compiles by a script that can be asked for its code where there is code already, be it none.
  for (const file of files) await writeFile(file, '')
  const run = promisify(execFile)(process.execPath, ['--require', RECORDER, `${folder}/main.js`, ...args], {
    env: { PATH: process.env.PATH, BIDE_RECORD: JSON.stringify(files) },
  })
  run.child.stdin.end('"abc 123"')
  await run
}
