import { defineConfig } from 'vitest/config'

/** `unit` needs no build and is run while one works; `whole` builds bide first, and finds a browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tests/boundaries.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/boundaries.test.ts'],
          globalSetup: ['tests/build-once.ts', 'tests/page/chromium-once.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
})
