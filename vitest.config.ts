import { defineConfig } from 'vitest/config'
import { hasRestateProgram } from './src/engine/restate/local-cluster.ts'

/** What every engine must do: once a project, each with the engines that it is for. */
const OF_EVERY_ENGINE = ['src/engine/engine.test.ts', 'src/engine/executions.test.ts']
/** What starts nodes of Restate. */
const OF_RESTATE = ['src/engine/run-mover.test.ts', 'src/engine/restate/restate-engine.test.ts']

/**
 * `unit` needs no build and no server of others, and is run while one works; `restate` starts nodes of Restate; `whole`
 * builds bide first, and finds a browser.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tests/boundaries.test.ts'],
          exclude: OF_RESTATE,
          env: { BIDE_TEST_ENGINES: 'embedded' },
          testTimeout: 30_000,
          // No module keeps anything between tests but what may be kept, so none is loaded anew for each file.
          pool: 'threads',
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      ...(hasRestateProgram()
        ? [
            {
              test: {
                name: 'restate',
                include: [...OF_EVERY_ENGINE, ...OF_RESTATE],
                env: { BIDE_TEST_ENGINES: 'restate' },
                testTimeout: 30_000,
                sequence: { groupOrder: 1 },
              },
            },
          ]
        : []),
      {
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/boundaries.test.ts'],
          globalSetup: ['tests/build-once.ts', 'tests/page/chromium-once.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
