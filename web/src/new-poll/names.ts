import type { Trial } from '../api/polls.ts'

/** A name that a condition may use, and what it is now. */
export interface Name {
  readonly path: string
  readonly value: string
}

const ALWAYS = ['responseCode', 'responseBody', 'responseHeaders', 'iterationCount', 'elapsedSeconds']
const MOST = 100
const DEEPEST = 4

/** The names of the response, and of each property that was seen in it. */
export function namesOf(trial: Trial | null): Name[] {
  const names: Name[] = ALWAYS.map((path) => ({
    path,
    value: path === 'responseCode' ? String(trial?.response?.code ?? '') : '',
  }))
  const visit = (value: unknown, path: string, depth: number) => {
    if (names.length >= MOST) return
    if (path !== '') names.push({ path, value: shown(value) })
    if (value === null || typeof value !== 'object' || depth === DEEPEST) return
    for (const [key, part] of Object.entries(value)) {
      visit(part, Array.isArray(value) ? `${path || 'responseJson'}[${key}]` : joined(path, key), depth + 1)
    }
  }
  visit(parsed(trial?.response?.body), '', 0)
  return names
}

function joined(path: string, key: string): string {
  const isName = /^[A-Za-z_]\w*$/.test(key)
  if (!isName) return `${path || 'responseJson'}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return undefined
  }
}
