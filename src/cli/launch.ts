#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** The build's table: which pack has a chunk or a package. What is not in it is a chunk with a file of its own, or Node's. */
declare const BIDE_PACKS: Readonly<Record<string, string>>

type Require = (id: string) => unknown
type Part = (module: { exports: unknown }, exports: unknown, require: Require, filename: string) => void

/** Compiled code is good for one version of V8 on one platform: both are in its file's name. */
const MACHINE = `${process.versions.v8}-${process.platform}-${process.arch}`

const loaded = new Map<string, { exports: unknown }>()

need('./main.js')

/** What the parts of the command require. */
function need(id: string): unknown {
  if (Object.hasOwn(BIDE_PACKS, id)) {
    return (load(BIDE_PACKS[id] as string, openPack) as Readonly<Record<string, unknown>>)[id]
  }
  return id.startsWith('./') ? load(id, () => fromNode(`${__dirname}/chunks/${id}`)) : require(id)
}

/** The exports of a part, which is run when it is first asked for. */
function load(name: string, open: (name: string) => Part): unknown {
  let module = loaded.get(name)
  if (module === undefined) {
    module = { exports: {} }
    loaded.set(name, module)
    open(name)(module, module.exports, need, `${__dirname}/chunks/${name}`)
  }
  return module.exports
}

/** Compiling a pack takes V8 as long as running it, so the build has kept what it compiled beside the pack. */
function openPack(name: string): Part {
  const filename = `${__dirname}/${name}.js`
  const cachedData = readIfThere(`${__dirname}/${name}-${MACHINE}.bin`)
  if (cachedData === null) return fromNode(filename)
  return new Script(readFileSync(filename, 'latin1'), { filename, cachedData }).runInThisContext()
}

/** Newer versions of Node keep by themselves what they have compiled, where they are asked to. */
function fromNode(filename: string): Part {
  const { enableCompileCache } = require('node:module') as { enableCompileCache?: () => void }
  enableCompileCache?.()
  return require(filename)
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
