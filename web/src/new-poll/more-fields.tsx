import type { Draft } from './draft.ts'
import { TextField } from './field.tsx'

interface Field {
  readonly key: keyof Draft & string
  readonly path: string
  readonly label: string
  readonly placeholder: string
}

/** What the original's form does not have. */
const FIELDS: readonly Field[] = [
  { key: 'name', path: 'name', label: 'Name', placeholder: 'what the list calls it' },
  { key: 'method', path: 'method', label: 'Method', placeholder: 'GET' },
  { key: 'payload', path: 'payload', label: 'Payload', placeholder: 'sent anew with every attempt' },
  {
    key: 'pending',
    path: 'exitCriteria.pending',
    label: 'Pending Condition',
    placeholder: 'any other answer is then an unknown state',
  },
  {
    key: 'timeoutSeconds',
    path: 'timeoutSeconds',
    label: 'Timeout of the whole (in seconds)',
    placeholder: 'none',
  },
  {
    key: 'requestTimeoutSeconds',
    path: 'requestTimeoutSeconds',
    label: 'Timeout of an attempt (in seconds)',
    placeholder: '30',
  },
  {
    key: 'initialDelaySeconds',
    path: 'initialDelaySeconds',
    label: 'Initial delay (in seconds)',
    placeholder: '0',
  },
  { key: 'backoffFactor', path: 'backoff.factor', label: 'Backoff factor', placeholder: 'none' },
  {
    key: 'backoffMaxSeconds',
    path: 'backoff.maxSeconds',
    label: 'Longest interval by backoff (in seconds)',
    placeholder: '300',
  },
  { key: 'successThreshold', path: 'successThreshold', label: 'Successes in a row', placeholder: '1' },
  {
    key: 'progress',
    path: 'progress',
    label: 'Progress (a number of the answer)',
    placeholder: 'none, as in progress',
  },
  {
    key: 'stallSeconds',
    path: 'stallSeconds',
    label: 'Stalled after (in seconds without progress)',
    placeholder: 'never',
  },
]

interface Given {
  readonly draft: Draft
  readonly errorAt: (path: string) => string | undefined
  onChange(path: string, part: Partial<Draft>): void
}

export function MoreFields({ draft, errorAt, onChange }: Given) {
  const isWrong = FIELDS.some(({ path }) => errorAt(path) !== undefined)
  return (
    <details className="more" open={isWrong || undefined}>
      <summary>More</summary>
      <div className="grid">
        {FIELDS.map(({ key, path, label, placeholder }) => (
          <TextField
            key={key}
            id={key}
            label={label}
            placeholder={placeholder}
            value={draft[key] as string}
            error={errorAt(path)}
            onChange={(value) => onChange(path, { [key]: value })}
          />
        ))}
      </div>
    </details>
  )
}
