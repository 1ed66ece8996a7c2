import { systemClock } from '../../engine/system-clock.ts'
import type { Arguments } from '../parse-arguments.ts'
import { type ProgressView, plainView, silentView } from './progress.ts'

/** How a command shows what goes on, on stderr. */
export interface Eyes {
  readonly isQuiet: boolean
  /** On a terminal, where nothing else is written to the same one. */
  readonly isLive: boolean
  readonly color: boolean
}

export function eyesOf({ values }: Arguments): Eyes {
  const isTerminal = process.stderr.isTTY === true && process.env.TERM !== 'dumb'
  return {
    isQuiet: values.quiet === true,
    isLive: isTerminal && !(values.jsonl === true && process.stdout.isTTY === true),
    color: !process.env.NO_COLOR && values['no-color'] !== true,
  }
}

/** The view of a poll that these arguments ask for. */
export async function pollView(parsed: Arguments, pollCount: number): Promise<ProgressView> {
  const { isQuiet, isLive, color } = eyesOf(parsed)
  if (isQuiet) return silentView
  const options = { stream: process.stderr, pollCount, now: systemClock.now }
  if (!isLive) return plainView(options)
  return (await import('./live-view.ts')).liveView({ ...options, color })
}
