import { BideError, type BideErrorCode } from '../../core/errors.ts'

/**
 * What goes between a store on a thread of its own and who uses it: many calls and many answers at a time, as rows, since
 * the names of an object's fields would go along with each. `method` is a name; `shelf.get` for one that stands deeper.
 */
export type Call = readonly [number: number, method: string, args: readonly unknown[]]

export type Answer =
  | readonly [number: number, kind: 'done', value: unknown]
  | readonly [number: number, kind: 'failed', error: ToldError]

/** What a thread is for: all that a store can do, or what looks into one that another thread has open. */
export interface ThreadData {
  readonly path: string
  readonly part: 'store' | 'reads'
}

/** The first message of the thread: what can be called, or why there is nothing to call. */
export type Opening =
  | { readonly kind: 'open'; readonly methods: readonly string[] }
  | { readonly kind: 'failed'; readonly error: ToldError }

/** An error as it goes from thread to thread, where only its text would get through. */
export interface ToldError {
  readonly code: BideErrorCode | null
  readonly message: string
  readonly hint: string | null
  readonly stack: string
}

export function toldError(error: unknown): ToldError {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return error instanceof BideError
    ? { code: error.code, message, hint: error.hint, stack }
    : { code: null, message, hint: null, stack }
}

export function errorOf({ code, message, hint, stack }: ToldError): Error {
  const cause = Object.assign(new Error(message), { stack })
  return code === null ? cause : new BideError(code, message, { cause, ...(hint !== null && { hint }) })
}
