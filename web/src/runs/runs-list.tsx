import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { PollView } from '../api/polls.ts'
import { RunRow } from './run-row.tsx'
import { useWidth } from './use-width.ts'

const WIDE_ROW = 45
const NARROW_ROW = 113
const NARROW = 760

/** Rows of which only those in sight are made. */
export function RunsList({ polls, onEnd }: { polls: readonly PollView[]; onEnd: () => void }) {
  const list = useRef<HTMLDivElement>(null)
  const isNarrow = useWidth() < NARROW
  const size = isNarrow ? NARROW_ROW : WIDE_ROW
  const rows = useWindowVirtualizer({
    count: polls.length,
    estimateSize: () => size,
    overscan: 6,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => polls[index]?.id ?? index,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured anew when their size changes.
  useEffect(() => rows.measure(), [size])
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when the end comes into sight, not at each render.
  useEffect(() => {
    if (last >= polls.length - 10) onEnd()
  }, [last, polls.length])
  return (
    <div role="table" aria-label="Runs" aria-rowcount={polls.length + 1} className="runs">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="run head">
          {['Name', 'Status', 'Attempts', 'Code', 'Next in', 'Started', 'Took'].map((name) => (
            <span role="columnheader" key={name}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={list} className="virtual" style={{ height: rows.getTotalSize() }}>
        {items.map(({ key, index, start }) => (
          <div
            key={key}
            role="row"
            aria-rowindex={index + 2}
            className="run"
            style={{ height: size, transform: `translateY(${start - rows.options.scrollMargin}px)` }}
          >
            <RunRow poll={polls[index] as PollView} />
          </div>
        ))}
      </div>
    </div>
  )
}
