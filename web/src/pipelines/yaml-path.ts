/** Where a line of YAML stands: the keys that lead to it, from the outside; an item of a list is `[]`. */
export function yamlPath(lines: readonly string[], at: number, indent: number): string[] {
  const path: string[] = []
  let within = indent
  for (let line = at - 1; line >= 0 && within > 0; line--) {
    const text = lines[line] as string
    if (text.trim() === '' || text.trimStart().startsWith('#')) continue
    if (text === '---') break
    const [, margin = '', dash = '', key] =
      /^(\s*)(- +)?(?:("[^"]*"|'[^']*'|[^\s#:-][^:#]*?)\s*:(?=\s|$))?/.exec(text) ?? []
    const inItem = dash !== '' && margin.length + dash.length <= within
    const column = margin.length + dash.length
    if (key !== undefined && column < within) {
      path.unshift(unquoted(key))
      within = column
    }
    if (inItem && margin.length < within) {
      path.unshift('[]')
      within = margin.length + 1
    }
  }
  return path
}

/** The value of a key beside a line, such as the `type` of a task whose `input` is written. */
export function siblingValue(lines: readonly string[], at: number, key: string): string | null {
  const indent = indentOf(lines[at] ?? '')
  const look = (step: 1 | -1) => {
    for (let line = at + step; line >= 0 && line < lines.length; line += step) {
      const text = lines[line] as string
      if (text.trim() === '') continue
      if (indentOf(text) < indent) return null
      const found = new RegExp(`^\\s{${indent}}${key}:\\s*(\\S+)`).exec(text)
      if (found) return unquoted(found[1] as string)
    }
    return null
  }
  return look(-1) ?? look(1)
}

export function indentOf(text: string): number {
  return text.length - text.trimStart().length
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}
