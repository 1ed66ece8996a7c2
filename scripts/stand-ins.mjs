// Loading protobuf's descriptors and RE2 is most of what CEL's start costs, and few conditions ever need either; what
// compares misspelt words begins with 256 KB. In the command stand-ins take their place, which load the real ones when
// they are first used.

import { fileURLToPath } from 'node:url'

const RESOLVE_DIR = fileURLToPath(new URL('..', import.meta.url))

/** What is loaded later, and the name of the pack that it is in. */
const PACKAGES = {
  re2: /^@bufbuild\/re2$/,
  protobuf: /^@bufbuild\/(?:protobuf|cel-spec)(?:\/.*)?$/,
  spelling: /^fastest-levenshtein$/,
}

/** Node's own view of a package that is CommonJS. */
const NO_EXPORTS = ['__esModule', 'default', 'module.exports']

/** These are small, and asked for each value: they stay what they are. */
const AT_ONCE = ['isMessage', 'isReflectMessage', 'isReflectList', 'isReflectMap', 'isWrapperDesc']

/** An esbuild plugin, and what it has put stand-ins for: the packages of each pack. */
export function standIns() {
  const stoodFor = new Map()
  const plugin = {
    name: 'stand-ins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/, namespace: 'stand-in' }, ({ path, kind }) =>
        kind === 'require-call' ? { path, external: true } : null,
      )
      for (const [pack, filter] of Object.entries(PACKAGES)) {
        onResolve({ filter }, ({ path, kind, namespace }) => {
          if (kind !== 'import-statement' || namespace === 'stand-in') return null
          stoodFor.set(pack, (stoodFor.get(pack) ?? new Set()).add(path))
          return { path, namespace: 'stand-in', sideEffects: false }
        })
      }
      onLoad({ filter: /.*/, namespace: 'stand-in' }, async ({ path }) => {
        return { contents: await standInFor(path), resolveDir: RESOLVE_DIR }
      })
    },
  }
  return { plugin, stoodFor: () => [...stoodFor].map(([pack, packages]) => [pack, [...packages]]) }
}

async function standInFor(specifier) {
  const path = JSON.stringify(specifier)
  const exported = Object.entries(await import(specifier)).filter(([name]) => !NO_EXPORTS.includes(name))
  const lines = exported.map(([name, value]) => {
    const text = AT_ONCE.includes(name) ? null : standIn(value, `require(${path}).${name}`)
    if (text === null) return `export { ${name} } from ${path}`
    return `export const ${name} = /* @__PURE__ */ ${text}`
  })
  return [LAZY, REGISTRY, ...lines].join('\n')
}

/** The text of what stands for a value; null where it is the value itself. */
function standIn(value, real) {
  if (['message', 'enum', 'file'].includes(value?.kind)) {
    const { kind, typeName } = value
    return `lazy(${JSON.stringify({ kind, typeName })}, () => ${real})`
  }
  if (typeof value !== 'function') return null
  if (value.name === 'createRegistry') return `(...args) => registry(lazy({}, () => ${real}(...args)))`
  return /^class\b/.test(value) ? `lazy({}, () => ${real})` : `(...args) => ${real}(...args)`
}

/** Stands for what `make` gives, which is made when anything is asked of it that is not known. */
const LAZY = `
function lazy(known, make) {
  let made
  const real = () => (made ??= make())
  return new Proxy({}, {
    get: (_, key) => (Object.hasOwn(known, key) ? known[key] : Reflect.get(real(), key)),
    has: (_, key) => Reflect.has(real(), key),
    ownKeys: () => Reflect.ownKeys(real()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(real(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
  })
}`

/** CEL asks its registry for each name that a response has not; bide adds nothing to what is protobuf's own in it. */
const REGISTRY = `
function registry(real) {
  const look = (method) => (name) => (name.startsWith('google.protobuf.') ? real[method](name) : undefined)
  return lazy({ kind: 'registry', getMessage: look('getMessage'), getEnum: look('getEnum') }, () => real)
}`
