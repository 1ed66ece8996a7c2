import type { Verdict } from '../../src/core/judge.ts'
import type { WaitReason } from '../../src/core/schedule.ts'
import type { PollTask } from '../../src/core/task.ts'

/** A verdict's mark: its shape says as much as its colour. */
export const MARKS: Readonly<Record<Verdict, string>> = {
  succeeded: '✓',
  failed: '✕',
  pending: '·',
  throttled: '‖',
  broken: '!',
}

export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  succeeded: 'the success condition holds',
  failed: 'the failure condition holds',
  pending: 'no condition holds yet',
  throttled: 'the server asked for fewer requests',
  broken: 'an intermediate failure: it says nothing about the job',
}

/** Why the next attempt comes when it does; `pauseMs` is the whole pause, where it is known. */
export function waitWords(reason: WaitReason, task: PollTask, pauseMs: number | null = null): string {
  const every = seconds(task.pollIntervalSeconds)
  const pause = pauseMs === null ? null : took(pauseMs)
  switch (reason) {
    case 'initial-delay':
      return task.initialDelaySeconds > 0
        ? `the initial delay is ${seconds(task.initialDelaySeconds)}`
        : 'the first attempt is made at once'
    case 'interval':
      return `the interval is ${every}`
    case 'backoff':
      return `the interval of ${every} has grown${pause === null ? '' : ` to ${pause}`} by backoff (factor ${task.backoff?.factor}, up to ${seconds(task.backoff?.maxSeconds ?? 0)})`
    case 'retry-after':
      return `the server asked for ${pause === null ? 'this pause' : `a pause of ${pause}`} (Retry-After)`
    case 'last-chance':
      return 'the deadline is near, and it is the last chance before it'
  }
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function seconds(value: number): string {
  if (value < 10) return `${Math.round(value * 10) / 10} s`
  const whole = Math.round(value)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return pair(whole, 60, ['min', 's'])
  if (whole < 86_400) return pair(Math.round(whole / 60), 60, ['h', 'min'])
  return pair(Math.round(whole / 3600), 24, ['d', 'h'])
}

function pair(value: number, per: number, [large, small]: [string, string]): string {
  const rest = value % per
  return `${Math.floor(value / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

/** How long something took: `12 ms`, else as `seconds`. */
export function took(ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : seconds(ms / 1000)
}

/** Counts down in whole seconds, so that nothing jumps while numbers change. */
export function countdown(ms: number): string {
  return seconds(Math.max(0, Math.ceil(ms / 1000)))
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The time of day, with its date where that is not today. By hand: the first use of `Intl` holds up a page for 0.1 s. */
export function clock(at: string | number): string {
  const date = new Date(at)
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits)
  if (date.toDateString() === new Date().toDateString()) return `${hours}:${minutes}:${seconds}`
  const year = date.getFullYear() === new Date().getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${MONTHS[date.getMonth()]} ${date.getDate()}${year}, ${hours}:${minutes}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** As `Wed Nov 25 2026 18:08:37 GMT+0100 (Central European Standard Time)`. */
export function fullTime(at: string | number): string {
  return new Date(at).toString()
}

/** A count where there is little room: `9999`, `12.3K`. */
export function short(n: number): string {
  if (n < 10_000) return String(n)
  const [value, unit] = n < 1_000_000 ? [n / 1000, 'K'] : [n / 1_000_000, 'M']
  return `${Math.floor(value * 10) / 10}${unit}`
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** What a run is called: its name, else where it asks. */
export function titleOf({ name, task }: { name: string | null; task: Pick<PollTask, 'url'> }): string {
  return name ?? task.url.replace(/^https?:\/\//, '')
}
