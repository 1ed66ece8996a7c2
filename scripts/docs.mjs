// Writes the pages that are generated from the code: `npm run docs`. A test fails where they are not current.
import { writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const { outputFiles } = await build({
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: ['src/cli/reference-page.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
})
const { referencePage } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
await writeFile(new URL('../docs/command-line.md', import.meta.url), referencePage())
