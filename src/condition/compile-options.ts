import type { PathStep } from '../binding/path.ts'

/** How an expression is to be compiled. */
export interface CompileOptions {
  /** Tells which `${...}` belong to the run; their values come by `facts.bindings`. None by default. */
  readonly isBinding?: (steps: readonly PathStep[]) => boolean
}
