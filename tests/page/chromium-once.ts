import type { TestProject } from 'vitest/node'
// @ts-expect-error: a script without types.
import { chromium } from '../../scripts/chromium.mjs'

/** Finds a Chromium for the tests of the page, or installs it: `inject('chromium')` is its path. */
export function setup(project: TestProject): void {
  project.provide('chromium', chromium() as string)
}

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string
  }
}
