import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { RunRow as Run } from '../api/runs.ts'
import { RunRow } from './run-row.tsx'
import { useWidth } from './use-width.ts'

const WIDE_ROW = 41
const NARROW_ROW = 97
const NARROW = 760

const COLUMNS: readonly { readonly name: string; readonly className?: string }[] = [
  { name: 'Name' },
  { name: 'Status' },
  { name: 'Attempts' },
  { name: 'Code', className: 'code' },
  { name: 'Next in' },
  { name: 'Started' },
  { name: 'Took', className: 'took' },
]

interface Given {
  readonly runs: readonly Run[]
  /** There is more, and it is not being loaded. */
  readonly mayLoad: boolean
  onEnd(): void
}

/** Rows of which only those in sight are made. */
export function RunsList({ runs, mayLoad, onEnd }: Given) {
  const list = useRef<HTMLDivElement>(null)
  const isNarrow = useWidth() < NARROW
  const size = isNarrow ? NARROW_ROW : WIDE_ROW
  const rows = useWindowVirtualizer({
    count: runs.length,
    estimateSize: () => size,
    overscan: 6,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => runs[index]?.id ?? index,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured anew when their size changes.
  useEffect(() => rows.measure(), [size])
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when the end comes into sight, not at each render.
  useEffect(() => {
    if (mayLoad && last >= runs.length - 10) onEnd()
  }, [last, runs.length, mayLoad])
  return (
    <div role="table" aria-label="Runs" aria-rowcount={runs.length + 1} className="runs">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="run head">
          {COLUMNS.map(({ name, className }) => (
            <span role="columnheader" key={name} className={className}>
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
            className={runs[index]?.endedAt == null ? 'run' : 'run over'}
            style={{ height: size, transform: `translateY(${start - rows.options.scrollMargin}px)` }}
          >
            <RunRow run={runs[index] as Run} />
          </div>
        ))}
      </div>
    </div>
  )
}
