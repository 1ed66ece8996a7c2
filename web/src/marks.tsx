import type { Verdict } from '../../src/core/judge.ts'
import { MARKS } from './words.ts'

const VERDICTS: Readonly<Record<string, Verdict>> = {
  s: 'succeeded',
  f: 'failed',
  p: 'pending',
  t: 'throttled',
  b: 'broken',
}

/** The last attempts as small cells, a letter each: colour and shape by verdict. `last` is the number of the last one. */
export function Cells({ verdicts, last }: { verdicts: string; last: number }) {
  const shown = [...verdicts.slice(-CELLS)].map((letter) => VERDICTS[letter] ?? 'pending')
  return (
    <span className="cells">
      <span className="hidden">{shown.length > 0 && `, the last ${shown.at(-1)}`}</span>
      {shown.map((verdict, index) => {
        const number = last - shown.length + index + 1
        return (
          <span
            key={number}
            className={`cell ${verdict}`}
            title={`Attempt ${number}: ${verdict}`}
            aria-hidden="true"
          >
            {MARKS[verdict]}
          </span>
        )
      })}
    </span>
  )
}

/** Cells of a row in the list. */
const CELLS = 12
