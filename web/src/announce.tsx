import { useSyncExternalStore } from 'react'

let said = ''
const listeners = new Set<() => void>()

/** Says a change of state to whoever listens rather than looks. Not for each attempt. */
export function announce(text: string): void {
  said = text
  for (const listener of listeners) listener()
}

export function Announcements() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => said,
  )
  return (
    <div className="hidden" role="status" data-testid="announcement">
      {text}
    </div>
  )
}
