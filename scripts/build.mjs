// Builds dist/: one bundle with shared chunks (a command must start fast) and the type declarations.

import { spawnSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { buildCommand } from './build-command.mjs'
import { thirdParty } from './third-party.mjs'

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const root = new URL('..', import.meta.url).pathname
/** `--outdir DIR` builds elsewhere, which is what the tests do. */
const given = process.argv.indexOf('--outdir')
const out = resolve(root, given < 0 ? 'dist' : process.argv[given + 1])

const shared = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['undici', 'libsql'],
  legalComments: 'none',
  metafile: true,
  define: { BIDE_VERSION: JSON.stringify(version), BIDE_STORE_THREAD: '"./store-thread.js"' },
}

await rm(out, { recursive: true, force: true })
const inputs = (await Promise.all([buildLibrary(), buildCommand(shared, `${out}/cli`), buildPage()])).flat()
await writeFile(`${out}/THIRD-PARTY.txt`, await thirdParty(root, inputs))

async function buildLibrary() {
  const banner =
    "import{createRequire as bideRequire}from'node:module';const require=bideRequire(import.meta.url);"
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/index.ts', 'src/testing/index.ts'],
    outdir: out,
    outbase: 'src',
    banner: { js: banner },
  })
  return Object.keys(metafile.inputs)
}

/** The page that `bide serve` shows. */
async function buildPage() {
  const { build: buildWeb } = await import('vite')
  // The tests build too, and React is twice as large in any other mode.
  process.env.NODE_ENV = 'production'
  const { output } = await buildWeb({
    configFile: `${root}web/vite.config.ts`,
    build: { outDir: `${out}/web`, emptyOutDir: true },
    logLevel: 'warn',
  })
  return output.flatMap(({ moduleIds = [] }) => moduleIds.map((path) => relative(root, path)))
}

if (!process.argv.includes('--no-types')) {
  const tsc = spawnSync(
    process.execPath,
    [
      `${root}node_modules/typescript/bin/tsc`,
      '-p',
      `${root}tsconfig.build.json`,
      '--outDir',
      `${out}/types`,
    ],
    {
      stdio: 'inherit',
    },
  )
  process.exitCode = tsc.status ?? 1
}
