import { systemClock } from '../../engine/system-clock.ts'
import type { Arguments } from '../parse-arguments.ts'
import { plainRunView, type RunView, silentRunView } from './run-view.ts'
import { eyesOf } from './stderr-view.ts'

/** The view of a run that these arguments ask for. */
export async function runView(parsed: Arguments): Promise<RunView> {
  const { isQuiet, isLive, color } = eyesOf(parsed)
  if (isQuiet) return silentRunView
  const options = { stream: process.stderr, now: systemClock.now }
  if (!isLive) return plainRunView(options)
  return (await import('./live-run-view.ts')).liveRunView({ ...options, color })
}
