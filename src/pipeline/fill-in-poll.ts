import { formatPath } from '../binding/path.ts'
import { type Lookup, renderHeader, renderText } from '../binding/render.ts'
import { bindingsIn } from '../binding/template.ts'
import { renderUrl } from '../binding/url.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import { BideError, type FieldProblem, InvalidTaskError } from '../core/errors.ts'

export interface FilledPoll {
  readonly task: Readonly<Record<string, unknown>>
  /** Names of the variables that stood in it. */
  readonly used: readonly string[]
}

/**
 * A Poll task that belongs to no pipeline, with each `${var.NAME}` of its URL, headers and payload filled in; in its
 * conditions `${...}` is the response's.
 *
 * @throws InvalidTaskError with every field that does not fit.
 */
export function fillInPoll(
  input: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): FilledPoll {
  const used = new Set<string>()
  const problems: FieldProblem[] = []
  const lookup: Lookup = ([, name]) => variables[String(name)]
  const filled = (path: string, text: unknown, render: (text: string, lookup: Lookup) => string): unknown => {
    if (typeof text !== 'string' || !text.includes('${')) return text
    try {
      for (const { steps } of bindingsIn(text)) used.add(variableIn(steps.map(String), variables))
      return render(text, lookup)
    } catch (error) {
      if (!(error instanceof BideError)) throw error
      problems.push({ path, message: error.message, hint: error.hint })
      return text
    }
  }
  const { url, headers, payload } = input
  const task = {
    ...input,
    ...(url !== undefined && { url: filled('url', url, renderUrl) }),
    ...(isMap(headers) && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, filled(`headers.${name}`, text, renderHeader)]),
      ),
    }),
    ...(payload !== undefined && { payload: filled('payload', payload, renderText) }),
  }
  if (problems.length > 0) throw new InvalidTaskError(problems)
  return { task, used: [...used] }
}

function variableIn(steps: readonly string[], variables: Readonly<Record<string, string>>): string {
  const [scope, name, ...more] = steps
  const source = `\${${formatPath(steps)}}`
  if (scope !== 'var' || name === undefined || more.length > 0)
    throw new BideError('unresolved-binding', `${source} belongs to a pipeline`, {
      hint: 'a poll by itself has variables alone, as ${var.NAME}; a plain ${ is written \\${',
    })
  if (!Object.hasOwn(variables, name))
    throw new BideError('unresolved-binding', `${source}: there is no variable ${name}`, {
      hint: didYouMean(name, Object.keys(variables)) ?? `set it by: bide variable set ${name}`,
    })
  return name
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
