import { diffLines } from 'diff'
import { useMemo } from 'react'

/** Texts that differ in more lines are not compared: it would hold up the page, and nobody would read it. */
const MOST_CHANGES = 2000
/** Lines that are the same are shown so far around what changed. */
const AROUND = 3

/** What has changed from one text to the next, line by line. */
export function Difference({ before, after }: { before: string; after: string }) {
  const parts = useMemo(() => diffLines(before, after, { maxEditLength: MOST_CHANGES }), [before, after])
  if (parts === undefined) return <p className="quiet">They have too little in common to be compared.</p>
  if (before === after) return <p className="quiet">The same as before.</p>
  return (
    <pre className="difference">
      {parts.map(({ value, added, removed }, index) => {
        const lines = value.replace(/\n$/, '').split('\n')
        const kind = added ? 'added' : removed ? 'removed' : 'same'
        const shown = kind === 'same' ? nearby(lines, index === 0, index === parts.length - 1) : lines
        return shown.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own, and do not move.
          <span key={`${index} ${at}`} className={line === null ? 'skipped' : kind}>
            {line === null ? '⋯' : `${added ? '+' : removed ? '−' : ' '} ${line}`}
            {'\n'}
          </span>
        ))
      })}
    </pre>
  )
}

/** The lines beside a change; null stands for those between. */
function nearby(lines: readonly string[], isFirst: boolean, isLast: boolean): (string | null)[] {
  const [head, tail] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND]
  if (lines.length <= head + tail + 1) return [...lines]
  return [...lines.slice(0, head), null, ...lines.slice(lines.length - tail)]
}
