// Builds dist/: one bundle with shared chunks (a command must start fast) and the type declarations.

import { spawnSync } from 'node:child_process'
import { chmod, readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const root = new URL('..', import.meta.url).pathname
/** `--outdir DIR` builds elsewhere, which is what the tests do. */
const given = process.argv.indexOf('--outdir')
const out = resolve(root, given < 0 ? 'dist' : process.argv[given + 1])

await rm(out, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: ['src/index.ts', 'src/testing/index.ts', 'src/cli/main.ts'],
  outdir: out,
  outbase: 'src',
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: false,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['undici', 'libsql'],
  legalComments: 'linked',
  define: { BIDE_VERSION: JSON.stringify(version) },
  banner: {
    js: "import{createRequire as bideRequire}from'node:module';const require=bideRequire(import.meta.url);",
  },
})
await chmod(`${out}/cli/main.js`, 0o755)

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
