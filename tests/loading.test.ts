import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, inject, it } from 'vitest'

/** Text that each heavy part carries in a bundle of it, whatever the minifier does. */
const MARKS = {
  CEL: 'google.protobuf.',
  yaml: 'tag:yaml.org,2002',
  undici: '"undici"',
} as const
/** The command is CommonJS, in which what is loaded later is a `require` inside of a function. */
const LOADED_AT_ONCE = /(?:from|import)"(\.[^"]+)"|(?<!=>\w*\(?)\brequire\("(\.[^"]+)"\)/g

/** The chunks that come with an entry, before anything is asked of it. */
function loadedWith(entry: string): string {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, imported, required] of text.matchAll(LOADED_AT_ONCE))
      visit(resolve(dirname(file), (imported ?? required)!))
  }
  visit(join(inject('build'), entry))
  return [...seen].map((file) => readFileSync(file, 'utf8')).join('\n')
}

function chunkOf(command: string): string {
  const name = readdirSync(join(inject('build'), 'cli/chunks')).find((file) => file.startsWith(`${command}-`))
  return `cli/chunks/${name}`
}

describe('what is loaded before it is needed', () => {
  it('the marks are right: the whole bundle has each of them', () => {
    const folder = join(inject('build'), 'cli/chunks')
    const all = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
    for (const mark of Object.values(MARKS)) expect(all.replaceAll("'", '"')).toContain(mark)
  })

  it.each([
    ['bide', 'cli/main.js', ['CEL', 'yaml', 'undici']],
    ['the library', 'index.js', ['yaml', 'undici']],
  ] as const)('%s loads none of what it may never need', (_, entry, unwanted) => {
    for (const name of unwanted) expect(loadedWith(entry), name).not.toContain(MARKS[name])
  })

  it('bide poll loads neither CEL nor yaml nor undici', () => {
    const text = loadedWith(chunkOf('poll'))
    for (const [name, mark] of Object.entries(MARKS)) expect(text, name).not.toContain(mark)
  })

  it.each([
    ['the library', 'index.js'],
    ['bide/testing', 'testing/index.js'],
  ])('%s starts no server, and opens nothing that would hold the process', (_, entry) => {
    const script = `
      await import(${JSON.stringify(join(inject('build'), entry))})
      console.log(JSON.stringify([process.getActiveResourcesInfo().filter((r) => /TCP|Timeout|FSEvent/.test(r)),
        process.moduleLoadList.filter((m) => /NativeModule (http2|cluster|inspector|sqlite)$/.test(m))]))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([[], []])
  })
})
