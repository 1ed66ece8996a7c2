import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/build-once.ts', 'tests/page/chromium-once.ts'],
    testTimeout: 30_000,
  },
})
