import '../style/conditions.css'

interface Given {
  readonly source: string
  /** By the name as it stands in the condition. */
  readonly values: Readonly<Record<string, string>>
}

/** A condition with what each of its names was, in place: `status` `"INPROGRESS"` `== "FINISHED"`. */
export function ConditionSource({ source, values }: Given) {
  return (
    <pre className="condition-source">
      {partsOf(source, values).map(({ text, value }, index) =>
        value === null ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may stand there twice, and does not move.
          <span key={index} className="read">
            {text}
            <span className="hidden">, now </span>
            <span className="now">{value}</span>
          </span>
        ),
      )}
    </pre>
  )
}

interface Part {
  readonly text: string
  readonly value: string | null
}

/** Divides a condition at the names that were looked up; what stands in quotes is no name. */
export function partsOf(source: string, values: Given['values']): Part[] {
  const names = Object.keys(values).filter((name) => name !== '')
  if (names.length === 0) return [{ text: source, value: null }]
  const longestFirst = [...names].sort((a, b) => b.length - a.length).map(escaped)
  const pattern = new RegExp(
    `("(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*')|(?<![\\w.])(${longestFirst.join('|')})(?![\\w(])`,
    'g',
  )
  const parts: Part[] = []
  let done = 0
  for (const match of source.matchAll(pattern)) {
    const name = match[2]
    if (name === undefined) continue
    parts.push(
      { text: source.slice(done, match.index), value: null },
      { text: name, value: values[name] ?? '' },
    )
    done = match.index + name.length
  }
  return [...parts, { text: source.slice(done), value: null }].filter(({ text }) => text !== '')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
