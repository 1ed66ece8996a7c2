import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import { clock, MARKS, took } from '../words.ts'
import { moved } from './choose.ts'
import type { Choosing } from './timeline.tsx'
import type { LiveAttempt } from './use-attempts.ts'

const ROW = 34
/** The newest stands on top, so the keys that end a list lead to the oldest. */
const TURNED: Readonly<Record<string, string>> = { Home: 'End', End: 'Home', ArrowLeft: '', ArrowRight: '' }

/** Attempts, newest first, of which only those in sight are made; the arrow keys choose. */
export function AttemptList({ attempts, size, chosen, onChoose }: Choosing) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: size,
    getScrollElement: () => list.current,
    estimateSize: () => ROW,
    overscan: 8,
  })
  const place = size - 1 - chosen
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a choice scrolls, not each attempt that comes.
  useEffect(() => rows.scrollToIndex(place), [chosen])
  const move = (event: KeyboardEvent) => {
    const index = moved(TURNED[event.key] ?? event.key, chosen, size)
    if (index === null) return
    event.preventDefault()
    onChoose(index === size - 1 ? null : index)
  }
  return (
    <div
      ref={list}
      className="attempt-list"
      role="listbox"
      aria-label="Attempts, newest first"
      aria-activedescendant={`${id}-${chosen}`}
      tabIndex={0}
      onKeyDown={move}
    >
      <div role="presentation" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index: at, start }) => {
          const index = size - 1 - at
          const attempt = attempts[index]
          if (attempt === undefined) return null
          return (
            <div
              key={index}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              aria-setsize={size}
              aria-posinset={at + 1}
              className="attempt-row"
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => onChoose(index === size - 1 ? null : index)}
            >
              <Row attempt={attempt} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Row({ attempt }: { attempt: LiveAttempt }) {
  const { iteration, verdict, code, startedAt, durationMs, folded = 0 } = attempt
  return (
    <>
      <span className="tabular number">{iteration}</span>
      <span className={`cell ${verdict}`} aria-hidden="true">
        {MARKS[verdict]}
      </span>
      <span className="word">
        {verdict}
        {folded > 0 && <span className="quiet"> ×{folded + 1}</span>}
      </span>
      <span className="tabular">{code ?? '–'}</span>
      <span className="tabular">{took(durationMs)}</span>
      <span className="tabular quiet">{clock(startedAt)}</span>
    </>
  )
}
