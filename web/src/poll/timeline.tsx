import { type MouseEvent, useEffect, useRef } from 'react'
import type { LedgerEntry } from '../api/polls.ts'
import { useWidth } from '../runs/use-width.ts'
import { count, took } from '../words.ts'
import { columnsOf } from './columns.ts'

interface Choosing {
  readonly attempts: readonly LedgerEntry[]
  readonly size: number
  readonly chosen: number
  onChoose(index: number | null): void
}

const HEIGHT = 96

/** Every attempt as a bar: its height is how long it took, colour and foot tell its verdict. Holds any number. */
export function Timeline({ attempts, size, chosen, onChoose }: Choosing) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new width is drawn anew.
  useEffect(() => {
    const redraw = () => canvas.current && draw(canvas.current, attempts.slice(0, size), chosen)
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
  const choose = ({ nativeEvent: { offsetX } }: MouseEvent<HTMLCanvasElement>) => {
    const index = Math.floor((offsetX / (canvas.current?.clientWidth ?? 1)) * Math.max(size, LEAST_COLUMNS))
    if (index < size) onChoose(index === size - 1 ? null : index)
  }
  const longest = attempts.reduce((most, { durationMs }) => Math.max(most, durationMs), 0)
  return (
    <figure className="timeline">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${count(size, 'attempt')} over time; the longest took ${took(longest)}`}
        onClick={choose}
      />
      <figcaption className="quiet tabular">
        How long each attempt took; the longest {took(longest)}
      </figcaption>
    </figure>
  )
}

/** A few attempts are not drawn as broad as the page. */
const LEAST_COLUMNS = 40

function draw(canvas: HTMLCanvasElement, attempts: readonly LedgerEntry[], chosen: number): void {
  const ratio = window.devicePixelRatio || 1
  const width = canvas.clientWidth
  canvas.width = width * ratio
  canvas.height = HEIGHT * ratio
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  const style = getComputedStyle(canvas)
  const places = Math.max(attempts.length, LEAST_COLUMNS)
  const columns = columnsOf(
    attempts,
    Math.min(attempts.length, Math.floor((width * attempts.length) / places)),
  )
  const step = (width * attempts.length) / places / Math.max(1, columns.length)
  const longest = Math.max(1, ...columns.map(({ durationMs }) => durationMs))
  for (const [at, { verdict, durationMs, from, to }] of columns.entries()) {
    const height = 6 + Math.sqrt(durationMs / longest) * (HEIGHT - 14)
    context.fillStyle = style.getPropertyValue(`--${verdict}-fill`)
    const broad = step > 4 ? step - 2 : step
    context.fillRect(at * step, HEIGHT - height, broad, height)
    // The foot tells colour-blind eyes what needs a look.
    if (verdict === 'failed' || verdict === 'broken') context.clearRect(at * step, HEIGHT - 5, broad, 2)
    if (chosen >= from && chosen < to) {
      context.fillStyle = style.getPropertyValue('--ink')
      context.fillRect(at * step, 0, Math.max(2, broad), 3)
    }
  }
}
