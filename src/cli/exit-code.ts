import type { BideErrorCode } from '../core/errors.ts'
import type { Outcome } from '../core/poll.ts'
import { type StopSignal, stopCode } from './stop.ts'

/** What the exit code of a command says; `--help` and the docs print this table. */
export const EXIT_CODES = [
  { code: 0, meaning: 'succeeded' },
  { code: 1, meaning: 'failed: the failure condition holds' },
  { code: 2, meaning: 'bad usage, file or condition: nothing was sent; or a server of bide has refused it' },
  { code: 3, meaning: 'exhausted, timed out or stalled: none decisive' },
  { code: 4, meaning: 'broken: an intermediate failure that is not to be ignored' },
  { code: 69, meaning: 'no server of bide can be reached' },
  { code: 70, meaning: 'a defect of bide' },
  { code: 130, meaning: 'cancelled by SIGINT' },
  { code: 141, meaning: 'cancelled: nobody reads stdout any more' },
  { code: 143, meaning: 'cancelled by SIGTERM' },
] as const

const CODE_OF_OUTCOME: Readonly<Record<Outcome, number>> = {
  succeeded: 0,
  failed: 1,
  exhausted: 3,
  'timed-out': 3,
  stalled: 3,
  broken: 4,
  cancelled: 130,
}

/** The exit code of a poll; `signal` is what cancelled it. */
export function exitCode(outcome: Outcome, signal: StopSignal | null): number {
  return outcome === 'cancelled' && signal !== null ? stopCode(signal) : CODE_OF_OUTCOME[outcome]
}

const CODE_OF_ERROR: Partial<Readonly<Record<BideErrorCode, number>>> = {
  'server-unreachable': 69,
  store: 70,
  defect: 70,
}

/** The exit code of a command that could not be carried out. */
export function errorExitCode(code: BideErrorCode): number {
  return CODE_OF_ERROR[code] ?? 2
}
