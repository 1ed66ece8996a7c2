import { onReaderGone } from './standard-output.ts'

const CODES = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const

/** What ended a command from outside. */
export type StopSignal = keyof typeof CODES

/** The exit code of a command that was cancelled by it. */
export function stopCode(signal: StopSignal): number {
  return CODES[signal]
}

/**
 * The first signal cancels what is in flight and lets it be reported; a second one ends at once. A reader of stdout
 * that has gone counts as a signal: nobody is left to take the data.
 */
export function stopOnSignal(): { readonly signal: AbortSignal; received(): StopSignal | null } {
  const controller = new AbortController()
  let received: StopSignal | null = null
  const stop = (name: StopSignal) => {
    if (received !== null && name !== 'SIGPIPE') process.exit(stopCode(name))
    received ??= name
    controller.abort(name === 'SIGPIPE' ? 'by SIGPIPE: nobody reads stdout any more' : `by ${name}`)
  }
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGTERM', () => stop('SIGTERM'))
  onReaderGone(() => stop('SIGPIPE'))
  return { signal: controller.signal, received: () => received }
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
