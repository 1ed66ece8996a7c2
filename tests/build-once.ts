import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

const ROOT = resolve(import.meta.dirname, '..')

/** Builds the bundle once for all tests, where nobody else builds: `inject('build')` is its folder. */
export function setup(project: TestProject): () => void {
  const build = join(ROOT, '.build', `test-${process.pid}`)
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--no-types', '--outdir', build])
  if (run.status !== 0) throw new Error(`the build failed: ${run.stderr}`)
  project.provide('build', build)
  return () => rmSync(build, { recursive: true, force: true })
}

declare module 'vitest' {
  export interface ProvidedContext {
    build: string
  }
}
