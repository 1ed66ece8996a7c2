import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'bide-packed-'))
const project = join(folder, 'project')
const installed = join(project, 'node_modules/bide')

/** As `npm install` of the tarball does: unpacked beside what it depends on, and nothing of the development. */
beforeAll(() => {
  const source = join(folder, 'source')
  mkdirSync(source)
  const listed = manifest.files.filter((name: string) => name !== 'dist' && readdirSync(ROOT).includes(name))
  for (const name of ['package.json', ...listed])
    cpSync(join(ROOT, name), join(source, name), { recursive: true })
  run(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--outdir', join(source, 'dist')])
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], source)
  mkdirSync(installed, { recursive: true })
  run('tar', ['-xzf', join(folder, `bide-${manifest.version}.tgz`), '--strip-components=1', '-C', installed])
  for (const name of Object.keys(manifest.dependencies)) {
    const target = join(project, 'node_modules', name)
    mkdirSync(resolve(target, '..'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), target)
  }
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the command of the package says its version', () => {
  expect(run(process.execPath, [join(installed, manifest.bin.bide), '--version'])).toBe(
    `${manifest.version}\n`,
  )
  expect(run(join(installed, manifest.bin.bide), ['--version'])).toBe(`${manifest.version}\n`)
})

it('the package is imported by its names', () => {
  const script = `
    import { poll } from 'bide'
    import { jobServer } from 'bide/testing'
    const server = await jobServer()
    const exitCriteria = { success: 'status == "FINISHED"' }
    const { outcome } = await poll({ url: server.job(), exitCriteria, pollIntervalSeconds: 0.01 })
    await server.close()
    console.log(outcome)`
  expect(run(process.execPath, ['--input-type=module', '-e', script], project)).toBe('succeeded\n')
})

it('every file that package.json names is in it, and no test', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  const named = [
    manifest.bin.bide,
    ...Object.values(manifest.exports).flatMap((e) =>
      typeof e === 'string' ? [e] : Object.values(e as object),
    ),
  ]
  for (const name of named) expect(files).toContain(name.replace('./', ''))
  expect(files.filter((file) => /\.test\.|^src/.test(file))).toEqual([])
  expect(files).toContain('LICENSE')
})

function run(command: string, args: readonly string[], cwd = ROOT): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
