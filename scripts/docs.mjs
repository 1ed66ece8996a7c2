// Writes what is generated from the code into the pages: `npm run docs`. A test fails where they are not current.
import { readFile, writeFile } from 'node:fs/promises'
import { bundled } from './bundled.mjs'

const { referencePage } = await bundled('src/cli/reference-page.ts')
await writeFile(new URL('../docs/command-line.md', import.meta.url), referencePage())

const { withKeyTables } = await bundled('scripts/format-page.ts')
const formatPage = new URL('../docs/pipeline-format.md', import.meta.url)
await writeFile(formatPage, withKeyTables(await readFile(formatPage, 'utf8')))

const { apiPage } = await bundled('src/server/api-page.ts')
await writeFile(new URL('../docs/api.md', import.meta.url), apiPage())
