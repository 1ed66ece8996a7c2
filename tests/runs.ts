/**
 * How many random cases a property is tried on: few while one works, six times as many where `BIDE_RUNS=6` asks for
 * it, as the continuous integration does.
 */
export function runs(few: number): { readonly numRuns: number } {
  return { numRuns: few * Number(process.env.BIDE_RUNS ?? 1) }
}
