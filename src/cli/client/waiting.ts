import { systemClock } from '../../engine/system-clock.ts'
import { plain } from '../render/progress.ts'
import { stopCode, stopOnSignal } from '../stop.ts'
import type { Follow } from './follow.ts'
import type { UnreachableError } from './server-error.ts'

/** What a person is shown while something at a server is waited for. */
interface View {
  note(text: string): void
  close(): void
}

/** What waits, with all that is needed to go on over a lost connection. */
export type Waiting = Omit<Follow, 'path'>

/**
 * Waits for something that goes on at a server: a lost connection is said, and tried again for as long as it takes;
 * a signal ends the waiting, and not what is waited for. The exit code.
 */
export async function waitWithView(
  { id, view }: { id: string; view: View },
  wait: (waiting: Waiting) => Promise<number>,
): Promise<number> {
  const stop = stopOnSignal()
  const { onLost, onBack } = outageNotes(view)
  try {
    return await wait({ clock: systemClock, random: Math.random, signal: stop.signal, onLost, onBack })
  } catch (error) {
    const received = stop.received()
    if (received === null) throw error
    view.close()
    process.stderr.write(
      `Stopped waiting; it goes on at the server.\n  bide watch ${id}   shows it\n  bide cancel ${id}  ends it\n`,
    )
    return stopCode(received)
  } finally {
    view.close()
  }
}

const REMINDER_MS = 60_000

/** Says when the server is away, once a minute while it is, and when it is back. */
function outageNotes(view: View) {
  let saidAt: number | null = null
  return {
    onLost(error: UnreachableError) {
      const now = systemClock.now()
      if (saidAt !== null && now - saidAt < REMINDER_MS) return
      saidAt = now
      view.note(`Waiting for the server: ${error.message}; trying again until it is back.`)
    },
    onBack() {
      saidAt = null
      view.note('Connected again.')
    },
  }
}

const NOTES: Readonly<Record<string, string>> = {
  paused: 'Paused',
  resumed: 'Resumed',
  'asked-now': 'Asked to be made at once',
  changed: 'Changed',
  'moved-away': 'Moved away, and held here',
  'moved-here': 'Moved here',
}

/** What is said of an event that is no attempt: `Paused by ci`; null where there is nothing to say. */
export function noteOf(kind: string, data: unknown): string | null {
  const note = NOTES[kind]
  if (note === undefined) return null
  const by = data !== null && typeof data === 'object' && 'by' in data ? ` ${data.by}` : ''
  return plain(`${note}${by}.`)
}
