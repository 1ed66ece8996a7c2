/** Steps that one evaluation may take. */
export const BUDGET = 200_000

/** Steps that an explanation may take for its sentence and its operands together: it comes on top. */
export const EXPLAIN_BUDGET = BUDGET / 2

let size = 0
let left = 0
let spent = false

/** Begins an evaluation. Evaluation is synchronous, so one account serves all. */
export function openBudget(steps: number = BUDGET, remaining: number = steps): void {
  size = steps
  left = remaining
  spent = false
}

/** The steps that are left, to be given to `openBudget` by who goes on later. */
export function budgetLeft(): number {
  return left
}

/** The steps that the evaluation was given. */
export function budgetSize(): number {
  return size
}

/** Takes `steps` from the budget. @throws Error when it is used up; `isBudgetSpent` then says so for good. */
export function charge(steps: number): void {
  left -= steps
  if (left >= 0) return
  spent = true
  throw new Error('the budget is used up')
}

/** True when the evaluation ran out of its budget, even where `||` has swallowed the error. */
export function isBudgetSpent(): boolean {
  return spent
}
