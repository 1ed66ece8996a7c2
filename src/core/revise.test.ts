import { describe, expect, it } from 'vitest'
import { start, type WaitingPoll } from './poll.ts'
import { revise } from './revise.ts'
import { type PollTask, type PollTaskInput, parsePollTask } from './task.ts'

const task = (changed: Partial<PollTaskInput> = {}): PollTask =>
  parsePollTask({ url: 'http://127.0.0.1/', pollIntervalSeconds: 60, ...changed })

/** A poll that began at 0, has been asked once and waits since 1,000 ms. */
const waiting = (changed: Partial<WaitingPoll> = {}): WaitingPoll => ({
  ...start(task(), 0),
  iterationCount: 1,
  lastJudgement: { verdict: 'pending', transient: false, reason: 'not yet', decidedBy: null },
  lastValues: { status: '"RUNNING"' },
  dueAt: 61_000,
  waitReason: 'interval',
  growth: 1,
  successes: 1,
  ...changed,
})
const revised = (to: Partial<PollTaskInput>, state = waiting(), from = task()) =>
  revise(state, { from, to: task(to), now: 10_000, random: 0.5 })

describe('a poll whose task is changed while it waits', () => {
  it('stays as it is where nothing changes, or only how often it may ask', () => {
    expect(revised({})).toEqual(waiting())
    expect(revised({ pollCount: 500 })).toEqual(waiting())
  })

  it('asks after the new interval, from now on', () => {
    expect(revised({ pollIntervalSeconds: 5 })).toMatchObject({ dueAt: 15_000, waitReason: 'interval' })
    expect(revised({ pollIntervalSeconds: 3600 })).toMatchObject({ dueAt: 3_610_000 })
  })

  it('waits on as long as the server asked it to, or for its first attempt', () => {
    for (const waitReason of ['retry-after', 'initial-delay'] as const)
      expect(revised({ pollIntervalSeconds: 5 }, waiting({ waitReason }))).toMatchObject({
        dueAt: 61_000,
        waitReason,
      })
    expect(revised({ timeoutSeconds: 30 }, waiting({ waitReason: 'retry-after' }))).toMatchObject({
      dueAt: 29_900,
    })
  })

  it('counts its time-out from its start, and asks a last time before it', () => {
    expect(revised({ timeoutSeconds: 40 })).toMatchObject({
      deadlineAt: 40_000,
      dueAt: 39_900,
      waitReason: 'last-chance',
    })
    expect(revised({ timeoutSeconds: 5 })).toMatchObject({
      deadlineAt: 5000,
      dueAt: 10_000,
      waitReason: 'last-chance',
    })
    const limited = task({ timeoutSeconds: 100 })
    expect(revised({}, waiting({ deadlineAt: 100_000 }), limited).deadlineAt).toBeNull()
  })

  it('looks at the next answer anew where the conditions are others', () => {
    expect(revised({ exitCriteria: { success: 'status == "DONE"' } })).toMatchObject({
      lastJudgement: null,
      lastValues: {},
      successes: 0,
      dueAt: 61_000,
    })
  })

  it('watches another progress from now on', () => {
    const from = task({ progress: 'done' })
    const state = waiting({ progress: { value: 7, since: 5 } })
    expect(revised({ progress: 'percent' }, state, from).progress).toEqual({ value: null, since: 10_000 })
    expect(revised({ progress: 'done' }, state, from).progress).toEqual({ value: 7, since: 5 })
  })
})
