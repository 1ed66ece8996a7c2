import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

/** What the bundles hold of others, with their licences, as these ask for; `inputs` are the files of the bundles. */
export async function thirdParty(root, inputs) {
  const folders = new Set(inputs.map((file) => PACKAGE.exec(file)?.[1]).filter(Boolean))
  const parts = await Promise.all([...folders].sort().map((folder) => described(join(root, folder))))
  return `Parts of these packages are in the bundles. Where no text follows, it is that of Apache-2.0 in LICENSE.\n\n${parts.join('\n')}`
}

async function described(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file ? `\n${(await readFile(join(folder, file), 'utf8')).trim()}\n` : ''
  return `## ${name} ${version}: ${license}\n${text}`
}
