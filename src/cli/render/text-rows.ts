import { widthOf } from './fitted.ts'

export type TextRow = readonly [name: string, text: string]

/** Names in a column, with what there is to say beside them; what has nothing is left out. */
export function textRows(rows: readonly TextRow[]): string[] {
  const shown = rows.filter(([, text]) => text !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, text]) => {
    const [first = '', ...more] = text.split('\n')
    return [
      `  ${name.padEnd(width)}  ${first}`,
      ...more.map((line) => `  ${' '.repeat(width)}  ${line}`),
    ].join('\n')
  })
}

/** Rows under a heading, in columns; the last one is as wide as it likes. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))))
  return all.map((row) =>
    row
      .map((cell, column) => (column === heading.length - 1 ? cell : padded(cell, widths[column] as number)))
      .join('  ')
      .trimEnd(),
  )
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}
