import { expectTypeOf, it } from 'vitest'
import {
  type BideErrorCode,
  type Condition,
  compileCondition,
  createTransport,
  type DonePoll,
  type Effects,
  type Explanation,
  explain,
  type InvalidTaskError,
  type LedgerEntry,
  type Outcome,
  type PollResult,
  type PollState,
  type PollTask,
  type PollTaskInput,
  parsePollTask,
  poll,
  pollAttempts,
  type TaskStatus,
  type Transport,
  type Verdict,
} from '../src/index.ts'
import { type JobServer, jobServer, manualClock, scriptedTransport } from '../src/testing/index.ts'

/** Checked by `tsc`; here they only have to run. */
it('the types of the public surface are what callers rely on', () => {
  expectTypeOf(poll).returns.resolves.toEqualTypeOf<PollResult>()
  expectTypeOf(pollAttempts).returns.toEqualTypeOf<AsyncGenerator<LedgerEntry, PollResult, void>>()
  expectTypeOf<PollResult['outcome']>().toEqualTypeOf<Outcome>()
  expectTypeOf<Outcome>().toEqualTypeOf<
    'succeeded' | 'failed' | 'exhausted' | 'timed-out' | 'stalled' | 'broken' | 'cancelled'
  >()
  expectTypeOf<Verdict>().toEqualTypeOf<'succeeded' | 'failed' | 'pending' | 'throttled' | 'broken'>()
  expectTypeOf<TaskStatus>().toEqualTypeOf<'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED'>()
  expectTypeOf<PollResult['responseJson']>().toBeUnknown()
  expectTypeOf<PollResult['responseCode']>().toEqualTypeOf<number | null>()
  expectTypeOf<PollState['kind']>().toEqualTypeOf<'waiting' | 'done'>()
  expectTypeOf<Extract<PollState, { kind: 'done' }>>().toEqualTypeOf<DonePoll>()
})

it('of a task only the URL is required, and a read task has every field', () => {
  expectTypeOf<{ url: string }>().toExtend<PollTaskInput>()
  expectTypeOf<{ pollCount: 1 }>().not.toExtend<PollTaskInput>()
  expectTypeOf<{ url: string; ignoreFailure: 'always' }>().not.toExtend<PollTaskInput>()
  expectTypeOf<{ url: string; pollCount: '3' }>().toExtend<PollTaskInput>()
  expectTypeOf(parsePollTask).returns.toEqualTypeOf<PollTask>()
  expectTypeOf<Required<PollTask>>().toEqualTypeOf<PollTask>()
  expectTypeOf<PollTask['pollCount']>().toBeNumber()
  expectTypeOf<PollTask['ignoreFailure']>().toEqualTypeOf<boolean | 'transient'>()
})

it('conditions, errors and stand-ins', () => {
  expectTypeOf(compileCondition).returns.toExtend<Condition>()
  expectTypeOf(explain).returns.toEqualTypeOf<Explanation>()
  expectTypeOf(createTransport).returns.resolves.toExtend<Transport>()
  expectTypeOf<InvalidTaskError['code']>().toEqualTypeOf<BideErrorCode>()
  expectTypeOf<InvalidTaskError['problems'][number]['path']>().toBeString()
  expectTypeOf(manualClock).returns.toExtend<Effects['clock']>()
  expectTypeOf(scriptedTransport).returns.toExtend<Transport>()
  expectTypeOf(jobServer).returns.resolves.toEqualTypeOf<JobServer>()
})
