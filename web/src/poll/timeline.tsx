import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import type { LedgerEntry } from '../api/polls.ts'
import { useWidth } from '../runs/use-width.ts'
import { clock, took } from '../words.ts'
import { moved } from './choose.ts'
import { drawTimeline, LEAST_COLUMNS } from './draw-timeline.ts'
import type { LiveAttempt } from './use-attempts.ts'

export interface Choosing {
  readonly attempts: readonly LiveAttempt[]
  readonly size: number
  readonly chosen: number
  /** Null chooses the last, whichever that is. */
  onChoose(index: number | null): void
}

/** Every attempt as a bar: its height is how long it took, colour and foot tell its verdict. Holds any number. */
export function Timeline({ attempts, size, chosen, onChoose }: Choosing) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth()
  const [pointed, setPointed] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new width is drawn anew.
  useEffect(() => {
    const redraw = () => canvas.current && drawTimeline(canvas.current, attempts.slice(0, size), chosen)
    redraw()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', redraw)
    const themed = new MutationObserver(redraw)
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      dark.removeEventListener('change', redraw)
      themed.disconnect()
    }
  }, [attempts, size, chosen, width])
  const indexAt = ({ nativeEvent: { offsetX } }: MouseEvent) => {
    const index = Math.floor((offsetX / (canvas.current?.clientWidth ?? 1)) * Math.max(size, LEAST_COLUMNS))
    return index >= 0 && index < size ? index : null
  }
  const choose = (index: number | null) => index !== null && onChoose(index === size - 1 ? null : index)
  const keys = (event: KeyboardEvent) => {
    const index = moved(event.key, chosen, size)
    if (index === null) return
    event.preventDefault()
    choose(index)
  }
  const longest = attempts.reduce((most, { durationMs }) => Math.max(most, durationMs), 0)
  const told = attempts[pointed ?? chosen]
  return (
    <figure className="timeline">
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label="Attempts over time"
        aria-valuemin={1}
        aria-valuemax={size}
        aria-valuenow={chosen + 1}
        aria-valuetext={told && sentenceOf(attempts[chosen] ?? told)}
        onClick={(event) => choose(indexAt(event))}
        onMouseMove={(event) => setPointed(indexAt(event))}
        onMouseLeave={() => setPointed(null)}
        onKeyDown={keys}
      />
      <figcaption className="quiet tabular">
        <span>{told && sentenceOf(told)}</span>
        <span>the longest took {took(longest)}</span>
      </figcaption>
    </figure>
  )
}

function sentenceOf({ iteration, verdict, code, durationMs, startedAt }: LedgerEntry): string {
  return `Attempt ${iteration}: ${verdict}, ${code ?? 'no response'}, ${took(durationMs)}, ${clock(startedAt)}`
}
