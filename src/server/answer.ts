import { toJson } from '../core/json.ts'

/** An answer of JSON that nobody may keep. By `toJson`: outputs may hold integers beyond 2^53. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(toJson(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}
