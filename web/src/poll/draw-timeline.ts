import type { LedgerEntry } from '../api/polls.ts'
import { columnsOf } from './columns.ts'

/** A few attempts are not drawn as broad as the page. */
export const LEAST_COLUMNS = 40

/** Draws attempts as bars, several in one where there are more than pixels. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  attempts: readonly LedgerEntry[],
  chosen: number,
): void {
  const ratio = window.devicePixelRatio || 1
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = width * ratio
  canvas.height = height * ratio
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  const style = getComputedStyle(canvas)
  const drawn = (width * attempts.length) / Math.max(attempts.length, LEAST_COLUMNS)
  const columns = columnsOf(attempts, Math.min(attempts.length, Math.floor(drawn)))
  const step = drawn / Math.max(1, columns.length)
  const longest = Math.max(1, ...columns.map(({ durationMs }) => durationMs))
  for (const [at, { verdict, durationMs, from, to }] of columns.entries()) {
    const tall = 8 + Math.sqrt(durationMs / longest) * (height - 20)
    const broad = step > 4 ? step - 2 : step
    if (chosen >= from && chosen < to) {
      context.fillStyle = style.getPropertyValue('--chosen')
      context.fillRect(at * step - 1, 0, Math.max(3, broad + 2), height)
    }
    context.fillStyle = style.getPropertyValue(`--${verdict}-fill`)
    context.fillRect(at * step, height - tall, broad, tall)
    // The foot tells colour-blind eyes what needs a look.
    if (verdict === 'failed' || verdict === 'broken') context.clearRect(at * step, height - 6, broad, 2)
    if (verdict === 'throttled') context.clearRect(at * step, height - 10, broad, 2)
    if (chosen >= from && chosen < to) {
      context.fillStyle = style.getPropertyValue('--ink')
      context.fillRect(at * step, 0, Math.max(2, broad), 3)
    }
  }
}
