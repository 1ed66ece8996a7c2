import { type Lookup, renderHeader, renderText } from '../binding/render.ts'
import { renderUrl } from '../binding/url.ts'
import type { HttpRequest } from '../core/attempt.ts'
import { BideError, InvalidTaskError } from '../core/errors.ts'
import type { CompiledPoll } from '../core/poll.ts'
import { type PollTask, parsePollTask, pollTaskSchema, urlProblems } from '../core/task.ts'
import type { PollDefinition, RestDefinition } from './definition.ts'
import { bindingValues } from './scope.ts'

interface Templates {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

/**
 * URL, headers and payload with their bindings filled in.
 * @throws BideError that names the field.
 */
export function renderRequest(templates: Templates, lookup: Lookup): Templates {
  const url = inField('url', () => renderUrl(templates.url, lookup))
  const [problem] = urlProblems(url)
  if (problem) throw new BideError('unresolved-binding', `url: ${problem.message}, found '${url}'`)
  const headers = Object.entries(templates.headers).map(([name, value]) => [
    name,
    inField(`header ${name}`, () => renderHeader(value, lookup)),
  ])
  const { payload } = templates
  return {
    url,
    headers: Object.fromEntries(headers),
    payload: payload && inField('payload', () => renderText(payload, lookup)),
  }
}

/** A Poll task as the poll's own machine takes it. @throws BideError */
export function renderPoll({ input, criteria }: PollDefinition, lookup: Lookup): CompiledPoll {
  const { url, headers, payload } = renderRequest(input, lookup)
  const known = Object.keys(pollTaskSchema.entries) as (keyof PollTask)[]
  const { success = null, failure = null, pending = null } = input.exitCriteria
  const task = parsePollTask({
    ...Object.fromEntries(known.map((key) => [key, input[key]])),
    exitCriteria: { success, failure, pending },
    url,
    headers,
    payload,
  })
  const sources = [success, failure, pending, task.progress].filter((source) => source !== null)
  const bindings = Object.assign({}, ...sources.map((source) => bindingValues(source, lookup)))
  return { task, criteria, bindings }
}

/** The request of a REST task; a GET has no body (RFC 9110, 9.3.1). `idempotencyKey` is null where the task wants none. @throws BideError */
export function renderRest(
  { input }: RestDefinition,
  lookup: Lookup,
  idempotencyKey: string | null,
): HttpRequest {
  const request = { method: input.action, ...renderRequest(input, lookup) }
  const payload = input.action === 'GET' || request.payload === '' ? null : request.payload
  if (idempotencyKey === null) return { ...request, payload }
  return { ...request, payload, headers: { ...request.headers, 'Idempotency-Key': idempotencyKey } }
}

function inField<T>(field: string, render: () => T): T {
  try {
    return render()
  } catch (error) {
    if (!(error instanceof BideError) || error instanceof InvalidTaskError) throw error
    throw new BideError(error.code, `${field}: ${error.message}`, { hint: error.hint, cause: error })
  }
}
