import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const PAGE = resolve(import.meta.dirname, '../../web/src')
const RUNS_IN_A_BROWSER = /^(core|binding|condition|pipeline)\//

it('the page runs only what is pure; of all else it takes types', () => {
  const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )
  const taken = files.flatMap((file) => {
    const text = readFileSync(join(PAGE, file), 'utf8')
    return [...text.matchAll(/^(?:import|export) (?!type )[^;']*?from '[./]+\/src\/([^']+)'$/gm)].map(
      (match) => match[1] as string,
    )
  })
  expect(taken.length).toBeGreaterThan(0)
  expect(taken.filter((path) => !RUNS_IN_A_BROWSER.test(path))).toEqual([])
})
