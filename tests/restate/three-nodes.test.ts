import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
// @ts-expect-error: a script without types.
import { carried, KILLS } from '../../bench/restate/chaos.mjs'
// @ts-expect-error: a script without types.
import { get, pause } from '../../bench/restate/load.mjs'
import { hasRestateProgram } from '../../src/engine/restate/local-cluster.ts'

const SIZE = { polls: 30, pipelines: 5, attempts: 8, intervalMs: 1000 }
const TITLE = 'three nodes lose nothing and send nothing twice where a worker and the busiest node are killed'

/** Every job has been asked once, so that no REST request is on the wire. */
async function allAsked({ far }: { readonly far: string }): Promise<void> {
  while ((await get(`${far}/figures`)).jobs < SIZE.polls + SIZE.pipelines) await pause(100)
}

if (hasRestateProgram())
  it(TITLE, async () => {
    const kill = KILLS['a worker and that node together']
    const command = join(inject('build'), 'cli/main.js')
    expect(await carried(SIZE, { kill, isTime: allAsked, command })).toMatchObject({
      lost: 0,
      endedTwice: 0,
      failed: 0,
      startedTooOften: 0,
    })
  }, 400_000)
else
  it.skip(`${TITLE}: NOT TRIED, since Restate has no server for ${process.platform} on ${process.arch}`, () => {})
