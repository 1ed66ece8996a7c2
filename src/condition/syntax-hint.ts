/** What most likely is wrong with a text that does not parse: said better than the parser can. */
export interface SyntaxFault {
  readonly message: string
  readonly offset: number
  readonly hint: string | null
}

const CLOSING: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
}

/** Looks for an unclosed bracket, `=` for `==`, and the like; null where the parser's own words must do. */
export function syntaxFault(cel: string): SyntaxFault | null {
  const code = blankStrings(cel)
  const assignment = /(?<![=!<>])=(?!=)/.exec(code)
  if (assignment)
    return {
      message: "'=' does not compare",
      offset: assignment.index,
      hint: 'write ==',
    }
  const tripled = /===|!==/.exec(code)
  if (tripled)
    return {
      message: `'${tripled[0]}' is unknown`,
      offset: tripled.index,
      hint: `write ${tripled[0].slice(0, 2)}`,
    }
  const single = /(?<!&)&(?!&)|(?<!\|)\|(?!\|)/.exec(code)
  if (single) {
    return {
      message: `a single '${single[0]}' is unknown`,
      offset: single.index,
      hint: `write ${single[0].repeat(2)}`,
    }
  }
  const word = /\b(and|or|not)\b/i.exec(code)
  const operator = word && { and: '&&', or: '||', not: '!' }[word[0].toLowerCase()]
  if (word && operator)
    return {
      message: `unexpected '${word[0]}'`,
      offset: word.index,
      hint: `write ${operator}`,
    }
  return bracketFault(code) ?? danglingFault(code)
}

function bracketFault(code: string): SyntaxFault | null {
  const open: { bracket: string; offset: number }[] = []
  for (let offset = 0; offset < code.length; offset++) {
    const char = code[offset] as string
    if (char in CLOSING) open.push({ bracket: char, offset })
    else if (')]}'.includes(char)) {
      const last = open.pop()
      if (!last)
        return {
          message: `a '${char}' that was not opened`,
          offset,
          hint: null,
        }
      const expected = CLOSING[last.bracket] as string
      if (expected !== char)
        return {
          message: `'${char}' closes a '${last.bracket}'`,
          offset,
          hint: `expected ${expected}`,
        }
    }
  }
  const last = open.at(-1)
  return last
    ? {
        message: `a '${last.bracket}' that is not closed`,
        offset: last.offset,
        hint: `close it with ${CLOSING[last.bracket]}`,
      }
    : null
}

function danglingFault(code: string): SyntaxFault | null {
  const dangling = /(&&|\|\||[=!<>]=|[<>+*/%-])\s*$/.exec(code)
  return dangling
    ? {
        message: `nothing stands after ${dangling[1]}`,
        offset: dangling.index,
        hint: 'finish the comparison',
      }
    : null
}

/** The text with what stands in quotes blanked out, offsets kept. */
function blankStrings(cel: string): string {
  return cel.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (literal) => ' '.repeat(literal.length))
}
