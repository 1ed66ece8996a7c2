import type { ApiRequest } from '../operations.ts'
import { DEFECT, type Problem, ProblemError, problemBody, problemOf } from '../problem.ts'
import { jsonObject, readText } from '../request-body.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { pollVariables } from './named-variables.ts'
import { pollOf } from './poll-body.ts'
import { refusalOf } from './refusal.ts'

const MOST_LINES = 10_000
const LARGEST_BATCH = 32 * 1024 * 1024
/** So many are taken in one go; then others have their turn. */
const CHUNK = 250
/** So many of these are on their way to the disk together. */
const CHUNKS_AHEAD = 4

interface Line {
  readonly index: number
  readonly text: string
}

/**
 * `POST /polls/batch`: a poll a line; an answer a line, in the same order, with its id once it is kept. A line that does
 * not fit holds up no other. With an `Idempotency-Key` a repeated batch is known line by line.
 */
export async function submitBatch(request: ApiRequest): Promise<Response> {
  const { context, onProblem } = request
  const key = idempotencyKey(context)
  const text = await readText(context, ['application/x-ndjson', 'application/jsonl'], LARGEST_BATCH)
  const lines = text
    .split('\n')
    .map((line, index) => ({ index, text: line.trim() }))
    .filter((line) => line.text !== '')
  if (lines.length > MOST_LINES) throw new ProblemError(TOO_MANY_LINES)
  const answerOf = (line: Line) =>
    take(line, request, key).catch((error: unknown) => {
      const known = problemOf(error)
      if (known === null) onProblem(error)
      return known ?? DEFECT
    })
  return new Response(inChunks(lines, answerOf), {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  })
}

function inChunks(lines: readonly Line[], answerOf: (line: Line) => Promise<string | Problem>) {
  let next = 0
  const begun: Promise<string>[] = []
  const begin = async () => {
    const chunk = lines.slice(next, next + CHUNK)
    next += CHUNK
    const answers = await Promise.all(chunk.map(answerOf))
    return answers.map((answer, i) => `${toldLine((chunk[i] as Line).index, answer)}\n`).join('')
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (begun.length < CHUNKS_AHEAD && next < lines.length) {
        begun.push(begin())
        await new Promise(setImmediate)
      }
      const told = begun.shift()
      if (told === undefined) return controller.close()
      controller.enqueue(Buffer.from(await told))
    },
  })
}

/** The id of the poll, or why it was not taken. */
async function take(
  { index, text }: Line,
  request: ApiRequest,
  key: string | null,
): Promise<string | Problem> {
  const { engine, egress } = request
  const poll = pollOf(jsonObject(text), egress)
  // No header holds a line's end, so this is no key of a single poll.
  const idempotency = key === null ? null : { key: `${key}\n${index}`, text }
  const variables = await pollVariables(request, text)
  const result = await engine.submit({ ...poll, variables, idempotency })
  return refusalOf(result) ?? ('id' in result ? result.id : DEFECT)
}

function toldLine(index: number, answer: string | Problem): string {
  return typeof answer === 'string'
    ? `{"index":${index},"id":"${answer}"}`
    : `{"index":${index},"problem":${problemBody(answer)}}`
}

const TOO_MANY_LINES: Problem = {
  status: 413,
  kind: 'too-many-lines',
  title: 'Too many polls in one batch',
  detail: `At most ${MOST_LINES} lines.`,
}
