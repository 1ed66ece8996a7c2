import '../style/attempts.css'
import { useId } from 'react'
import type { Verdict } from '../../../src/core/judge.ts'
import { MARKS } from '../words.ts'

/** How often each thing was observed. */
export function Observed({ observed }: { observed: Readonly<Record<string, number>> }) {
  const id = useId()
  const rows = Object.entries(observed).sort(([, a], [, b]) => b - a)
  const most = rows[0]?.[1] ?? 1
  if (rows.length === 0) return null
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>What was observed</h2>
      <ul className="observed">
        {rows.map(([what, times]) => {
          const verdict = what.slice(what.lastIndexOf(' ') + 1) as Verdict
          return (
            <li key={what}>
              <span className={`cell ${verdict}`} aria-hidden="true">
                {MARKS[verdict]}
              </span>
              <span className="what">{what}</span>
              <span className={`bar ${verdict}`} style={{ width: `${(100 * times) / most}%` }} />
              <span className="tabular">{times}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
