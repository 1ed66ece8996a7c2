/** One row an option: parsing, help and docs/command-line.md come from it, and completion. */
export interface Option {
  readonly flag: string
  readonly short?: string
  /** What stands for its value; without it, the flag is a switch. */
  readonly value?: string
  readonly repeatable?: boolean
  /** The key of the task that it sets, where it sets one. */
  readonly key?: string
  readonly kind?: 'text' | 'integer' | 'duration' | 'bytes' | 'backoff' | 'ignore-failure'
  readonly help: string
}

export interface Command {
  readonly name: string
  readonly usage: string
  readonly about: string
  readonly options: readonly Option[]
  /** What its first argument may be, where that is one of a list. */
  readonly actions?: readonly string[]
}
