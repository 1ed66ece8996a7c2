const WIDEST = 100

/** The line of a text that an error is about, cut to a readable width, with a caret under the column (from 1). */
export function excerpt(line: string, column: number): string {
  const start = Math.max(0, column - 1 - WIDEST / 2)
  const shown = line.slice(start, start + WIDEST).replaceAll('\t', ' ')
  return `  ${shown}\n  ${' '.repeat(column - 1 - start)}^`
}
