// `npm run bench -- restate`: the engine over Restate, as real processes on loopback. Prints tables.
import { chaos } from './restate/chaos.mjs'
import { submitting } from './restate/submitting.mjs'
import { survives } from './restate/survives.mjs'
import { throughput } from './restate/throughput.mjs'
import { waiting } from './restate/waiting.mjs'

const PARTS = { throughput, submitting, waiting, chaos, survives }

/** `BIDE_BENCH=chaos` runs that part alone. */
export async function run() {
  const wanted = process.env.BIDE_BENCH?.split(',') ?? Object.keys(PARTS)
  for (const name of wanted) {
    console.log(`\n### ${name}\n`)
    await PARTS[name]()
  }
}
