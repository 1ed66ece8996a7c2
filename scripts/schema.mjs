// Writes schemas/pipeline.schema.json from the schema that files are read with: `npm run schema`.
import { mkdir, writeFile } from 'node:fs/promises'
import { bundled } from './bundled.mjs'

const { pipelineJsonSchema } = await bundled('scripts/pipeline-schema.ts')
const target = new URL('../schemas/pipeline.schema.json', import.meta.url)
await mkdir(new URL('.', target), { recursive: true })
await writeFile(target, `${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`)
