// Builds dist/cli: what is laid out here is laid out so that a command starts fast.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { build } from 'esbuild'
import { keepCompiledCode } from './compiled-code.mjs'
import { standIns } from './stand-ins.mjs'

/** What every poll runs, and what every condition does: each is one file, read and compiled at once. */
const PACKS = {
  poll: ['src/cli/main.ts', 'src/cli/commands/poll.ts', 'src/http/node-exchange.ts'],
  condition: ['src/condition/compile.ts'],
}

/**
 * esbuild splits ES modules into chunks that are loaded when they are needed. What nearly every run needs is put together
 * again into packs, and all is turned into CommonJS, which Node 20 starts 20 ms sooner; the launcher loads both.
 * Gives the files that went into it.
 */
export async function buildCommand(shared, folder) {
  const { plugin, stoodFor } = standIns()
  const { outputFiles, metafile } = await build({
    ...shared,
    plugins: [plugin],
    entryPoints: ['src/cli/main.ts'],
    outdir: folder,
    write: false,
  })
  const chunks = new Map(outputFiles.map(({ path, text }) => [idOf(path), text]))
  const packs = new Map([...packsOf(metafile), ...stoodFor()])
  const packOf = new Map([...packs].flatMap(([pack, ids]) => ids.map((id) => [id, pack])))
  await mkdir(`${folder}/chunks`, { recursive: true })
  await writeFile(`${folder}/package.json`, '{"type":"commonjs"}\n')
  const parts = [
    ...[...packs].map(([pack, ids]) => ({ file: `${pack}.js`, ids, contents: tableOf(ids) })),
    ...[...chunks]
      .filter(([id]) => !packOf.has(id))
      .map(([id, contents]) => ({ file: `chunks/${basename(id)}`, ids: [], contents })),
  ]
  const built = await Promise.all(parts.map((part) => buildPart(shared, chunks, part)))
  for (const { file, code } of built) await writeFile(`${folder}/${file}`, code)
  const others = [await buildLauncher(shared, folder, packOf), await buildStoreThread(shared, folder)]
  await keepCompiledCode(folder)
  return [metafile, ...built.map((part) => part.metafile), ...others].flatMap(({ inputs }) =>
    Object.keys(inputs),
  )
}

/** The chunks of each pack: those that it begins with and what these import, but for what is in one before it. */
function packsOf({ outputs }) {
  const files = new Map(Object.entries(outputs).map(([path, output]) => [idOf(path), output]))
  const taken = new Set()
  const take = (name) => {
    if (taken.has(name) || !files.has(name)) return []
    taken.add(name)
    const needed = files.get(name).imports.filter(({ kind }) => kind === 'import-statement')
    return [...needed.flatMap(({ path }) => take(idOf(path))), name]
  }
  const begun = (source) => [...files.keys()].find((name) => files.get(name).entryPoint === source)
  return Object.entries(PACKS).map(([pack, sources]) => [
    pack,
    sources.flatMap((source) => take(begun(source))),
  ])
}

/** Chunks import each other by this, wherever they are. */
function idOf(path) {
  return `./${basename(path)}`
}

/** A module whose parts are run when they are asked for. */
function tableOf(ids) {
  const getters = ids.map(JSON.stringify).map((id) => `get ${id}() { return require(${id}) }`)
  return `module.exports = { ${getters.join(', ')} }`
}

/** A pack or a chunk, as a function that is given the launcher's `require`; Node loads it, or a script gives it. */
async function buildPart({ plugins, ...shared }, chunks, { file, ids, contents }) {
  const chunk = {
    name: 'chunk',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path }) => {
        const id = idOf(path)
        if (!chunks.has(id)) return null
        return ids.includes(id) ? { path: id, namespace: 'chunk' } : { path: id, external: true }
      })
      onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({
        contents: chunks.get(path),
        resolveDir: shared.absWorkingDir,
      }))
    },
  }
  const { outputFiles, metafile } = await build({
    ...shared,
    plugins: [chunk],
    stdin: { contents, resolveDir: shared.absWorkingDir },
    splitting: false,
    format: 'cjs',
    write: false,
    supported: { 'dynamic-import': false },
    define: { ...shared.define, 'import.meta.url': 'bideUrl' },
  })
  const { text } = outputFiles[0]
  const url = text.includes('bideUrl')
    ? 'const bideUrl=require("node:url").pathToFileURL(__filename).href;'
    : ''
  const code = `(part=>typeof module=="object"?module.exports=part:part)(function(module,exports,require,__filename){${url}${text}})\n`
  return { file, code, metafile }
}

async function buildLauncher(shared, folder, packOf) {
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/cli/launch.ts'],
    outfile: `${folder}/main.js`,
    splitting: false,
    format: 'cjs',
    define: { BIDE_PACKS: JSON.stringify(Object.fromEntries(packOf)) },
  })
  await chmod(`${folder}/main.js`, 0o755)
  return metafile
}

/** Beside the chunks, where the one that starts it looks for it. */
async function buildStoreThread(shared, folder) {
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/store/thread/store-thread.ts'],
    outfile: `${folder}/chunks/store-thread.js`,
    splitting: false,
    format: 'cjs',
  })
  return metafile
}
