// `npm run bench [attempt|command|conditions|engine|page|server]`: what bide costs beside its peers. Prints tables; writes nothing else.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const PARTS = {
  attempt: () => import('./attempt.mjs').then(({ run }) => run()),
  command: () => import('./command.mjs').then(({ run }) => run()),
  conditions: runConditions,
  page: () => import('./page.mjs').then(({ run }) => run()),
  restate: () => import('./restate.mjs').then(({ run }) => run()),
  engine: () => import('./engine.mjs').then(({ runEngine }) => runEngine()),
  server: () => import('./engine.mjs').then(({ runServer }) => runServer()),
}

// What was started ends with this.
process.once('SIGTERM', () => process.exit(143))

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in PARTS))
if (unknown) {
  console.error(`no such part: ${unknown}; there are: ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
// Nodes, workers and what is killed of them take minutes, and both processors: only where it is asked for.
const usual = Object.keys(PARTS).filter((name) => name !== 'restate')
for (const name of wanted.length > 0 ? wanted : usual) {
  console.log(`\n## ${name}\n`)
  await PARTS[name]()
}

/** TypeScript is bundled; a process of its own, since the collector's mood carries over, and it starts others of itself. */
async function runConditions() {
  const { build } = await import('esbuild')
  const folder = fileURLToPath(new URL('../node_modules/.cache/bide', import.meta.url))
  const outfile = `${folder}/conditions-${process.pid}.mjs`
  await build({
    entryPoints: [fileURLToPath(new URL('conditions.ts', import.meta.url))],
    bundle: true,
    outfile,
    format: 'esm',
    platform: 'node',
    footer: { js: 'process.argv[2] ? runCold(process.argv[2], process.argv[3]) : await run()' },
  })
  const { status } = spawnSync(process.execPath, [outfile], { stdio: 'inherit' })
  rmSync(outfile)
  if (status !== 0) throw new Error(`the conditions' benchmark ended with ${status}`)
}
