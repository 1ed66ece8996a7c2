import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, inject, it } from 'vitest'

const LARGEST = 130 * 1024

it('the first page takes at most 130 KB of script, gzipped', () => {
  const folder = join(inject('build'), 'web')
  const index = readFileSync(join(folder, 'index.html'), 'utf8')
  const scripts = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(
    (match) => match[1] as string,
  )
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.map((path) => gzipSync(readFileSync(join(folder, path))).length)
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(LARGEST)
})
