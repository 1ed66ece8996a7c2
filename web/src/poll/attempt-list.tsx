import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { LedgerEntry } from '../api/polls.ts'
import { clock, MARKS, took } from '../words.ts'

const ROW = 34
const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: -1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  End: Number.NEGATIVE_INFINITY,
  Home: Number.POSITIVE_INFINITY,
}

interface Choosing {
  readonly attempts: readonly LedgerEntry[]
  readonly size: number
  readonly chosen: number
  onChoose(index: number | null): void
}

/** Attempts, newest first, of which only those in sight are made; the arrow keys choose. */
export function AttemptList({ attempts, size, chosen, onChoose }: Choosing) {
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
    const by = MOVES[event.key]
    if (by === undefined) return
    event.preventDefault()
    const index = Math.max(0, Math.min(size - 1, chosen + by))
    onChoose(index === size - 1 ? null : index)
  }
  return (
    <div
      ref={list}
      className="attempt-list"
      role="listbox"
      aria-label="Attempts, newest first"
      aria-activedescendant={`attempt-${chosen}`}
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
              id={`attempt-${index}`}
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

function Row({ attempt: { iteration, verdict, code, startedAt, durationMs } }: { attempt: LedgerEntry }) {
  return (
    <>
      <span className="tabular number">{iteration}</span>
      <span className={`cell ${verdict}`} aria-hidden="true">
        {MARKS[verdict]}
      </span>
      <span className="word">{verdict}</span>
      <span className="tabular">{code ?? '–'}</span>
      <span className="tabular">{took(durationMs)}</span>
      <span className="tabular quiet">{clock(startedAt)}</span>
    </>
  )
}
