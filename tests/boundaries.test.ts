import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const IMPORT = /(?:^|\s)(?:import|export)\s[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g

/** The table of docs/architecture.md: each folder of src, and the folders it may import from. */
const table = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
const allowed = new Map(
  [...table.matchAll(/^\| `src\/([a-z]+)` \|[^|]*\| ([^|]*) \|$/gm)].map(([, folder, names]) => [
    folder!,
    new Set(names!.split(/[,\s·]+/).filter((name) => name !== '' && name !== 'nothing')),
  ]),
)

/** Tests, and `test-server.ts` and the like, which only tests import, may reach for anything. */
const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)test-[a-z-]+\.ts$/.test(file),
)
const imports = new Map(files.map((file) => [file, importsOf(file)]))

it('the table names every folder of src', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  expect([...allowed.keys()].sort()).toEqual(folders.map((entry) => entry.name).sort())
})

it('each folder imports only from where the table allows', () => {
  const crossings = [...imports].flatMap(([file, targets]) =>
    targets
      .map((target) => [folderOf(file), folderOf(target)] as const)
      .filter(([from, to]) => from !== to && from !== '' && !allowed.get(from)?.has(to))
      .map(([, to]) => `${file} -> ${to}`),
  )
  expect(crossings).toEqual([])
})

it('no file imports itself by way of others', () => {
  const cycles: string[] = []
  const finished = new Set<string>()
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (finished.has(file) || path.includes(file)) return
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    finished.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  expect(cycles).toEqual([])
})

it('the door of the library is at most 40 lines of named exports', () => {
  const door = readFileSync(join(ROOT, 'src/index.ts'), 'utf8')
  expect(door.split('\n').length).toBeLessThanOrEqual(41)
})

/** Type imports count for the layers, not for cycles: they are gone at run time. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, 'src', file), 'utf8').replace(
    /^(import|export) type [^;]*?from '[^']+'$/gm,
    '',
  )
  return [...text.matchAll(IMPORT)].map((match) =>
    relative(join(ROOT, 'src'), resolve(ROOT, 'src', dirname(file), (match[1] ?? match[2])!)),
  )
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : ''
}
