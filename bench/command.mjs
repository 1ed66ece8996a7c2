import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median, printTable, startServer } from './server.mjs'

const BIDE = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const WAIT_ON = fileURLToPath(new URL('../node_modules/wait-on/bin/wait-on', import.meta.url))
const BASE = 'node -e 0'
/** `BIDE_BENCH_ROUNDS` says how many, where the machine has little time. */
const ROUNDS = Number(process.env.BIDE_BENCH_ROUNDS ?? 21)
/** Attempts of the second table; the server answers FINISHED at the last one. */
const ATTEMPTS = 50
const IS_FINISHED = 'status == "FINISHED"'
const LOOP = `until curl -sS "$0" | jq -e '.status == "FINISHED"' >/dev/null; do sleep 0.02; done`

/** Prints what a command costs from launch to exit on a ready target, and what its attempts cost. */
export async function run() {
  const tools = { python3: has('python3'), jq: has('jq'), curl: has('curl') }
  for (const [tool, isThere] of Object.entries(tools))
    if (!isThere) console.log(`(${tool} is not installed: its rows are left out)`)
  if (!tools.python3)
    throw new Error('python3 is needed: it reads what the system says that a child has used')
  const server = await startServer()
  try {
    printLaunches(measure(ready(`${server.url}/ready`, tools), ROUNDS))
    printAttempts(server.url, tools)
  } finally {
    server.close()
  }
}

function ready(url, tools) {
  const node = process.execPath
  return {
    [BASE]: [node, '-e', '0'],
    'bide poll URL': [node, BIDE, 'poll', url],
    "bide poll URL --success '...'": [node, BIDE, 'poll', url, '--success', IS_FINISHED],
    'wait-on URL': [node, WAIT_ON, url.replace('http:', 'http-get:')],
    ...(tools.curl && tools.jq && { 'until curl, jq': ['bash', '-c', LOOP, url] }),
    ...(tools.curl && { 'curl --retry': ['curl', '-sS', '--retry', '3', '-o', '/dev/null', url] }),
  }
}

/** Every command once a round, so that what disturbs a round disturbs all. */
function measure(commands, rounds) {
  const taken = new Map(Object.keys(commands).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, samples] of taken) samples.push(usage(commands[name]))
  }
  return taken
}

/** wait4 tells of exactly one child; Node itself does not pass it on. */
const USAGE = `import json,os,sys,time
t=time.monotonic()
pid=os.posix_spawnp(sys.argv[1],sys.argv[1:],os.environ,file_actions=[(os.POSIX_SPAWN_OPEN,1,'/dev/null',os.O_WRONLY,0),(os.POSIX_SPAWN_OPEN,2,'/dev/null',os.O_WRONLY,0)])
_,status,r=os.wait4(pid,0)
print(json.dumps({'wall':(time.monotonic()-t)*1e3,'cpu':(r.ru_utime+r.ru_stime)*1e3,'rss':r.ru_maxrss/1024,'status':status}))`

function usage(command) {
  const result = JSON.parse(execFileSync('python3', ['-c', USAGE, ...command]))
  if (result.status !== 0) throw new Error(`${command.join(' ')} ended with ${result.status >> 8}`)
  return result
}

function printLaunches(taken) {
  console.log(
    `Launch to exit on a target that is ready: medians of ${ROUNDS} rounds, every command once a round.`,
  )
  const ratio = (samples, name, key) => ratioOf(samples, taken.get(name), key)
  const rows = [...taken].map(([name, samples]) => [
    `\`${name}\``,
    ...['wall', 'cpu', 'rss'].map((key) => median(samples.map((sample) => sample[key])).toFixed(0)),
    ratio(samples, BASE, 'wall'),
    ratio(samples, BASE, 'cpu'),
    ratio(taken.get('wait-on URL'), name, 'wall'),
  ])
  const head = [
    'command',
    'wall, ms',
    'CPU, ms',
    'peak RSS, MB',
    'wall / node',
    'CPU / node',
    'wait-on / this',
  ]
  printTable(head, rows)
}

/** What further attempts add: a run of many less a run of one, over their number. */
function printAttempts(base, tools) {
  const rounds = 5
  const url = `${base}/fifty/`
  let run = 0
  const many = {
    bide: () => [
      process.execPath,
      BIDE,
      'poll',
      `${url}${++run}`,
      '--success',
      IS_FINISHED,
      '--interval',
      '20ms',
    ],
    'wait-on': () => waitOnMany(`${url}${++run}`),
    ...(tools.curl && tools.jq && { 'until curl, jq': () => ['bash', '-c', LOOP, `${url}${++run}`] }),
  }
  const taken = new Map(Object.keys(many).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, samples] of taken) samples.push(usage(many[name]()))
  }
  console.log(`\nCPU of a whole run of ${ATTEMPTS} attempts, 20 ms apart: medians of ${rounds} rounds.`)
  const rows = [...taken].map(([name, samples]) => [
    `\`${name}\``,
    median(samples.map(({ cpu }) => cpu / ATTEMPTS)).toFixed(1),
    ratioOf(samples, taken.get('bide'), 'cpu'),
  ])
  printTable(['command', 'CPU an attempt, launch included, ms', 'CPU / bide'], rows)
}

/** wait-on looks at the code only, so it counts for itself; its command is this call. */
function waitOnMany(url) {
  const options = `{resources:['${url.replace('http:', 'http-get:')}'],interval:20,window:0,validateStatus:()=>++n>=${ATTEMPTS}}`
  return [process.execPath, '-e', `let n=0;require('${WAIT_ON.replace('/bin/wait-on', '')}')(${options})`]
}

function ratioOf(samples, others, key) {
  return `${median(samples.map((sample, round) => sample[key] / others[round][key])).toFixed(2)}x`
}

function has(tool) {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0
}
