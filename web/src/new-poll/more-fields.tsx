import { BindingField } from './binding-field.tsx'
import type { Judged } from './check.ts'
import { ConditionField } from './condition-field.tsx'
import type { Draft } from './draft.ts'
import { TextField } from './field.tsx'
import type { Name } from './names.ts'

interface Field {
  readonly key: keyof Draft & string
  readonly path: string
  readonly label: string
  readonly placeholder: string
}

const FIELDS: readonly Field[] = [
  { key: 'name', path: 'name', label: 'Name', placeholder: 'what the list calls it' },
  { key: 'method', path: 'method', label: 'Method', placeholder: 'GET' },
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
  {
    key: 'backoffJitter',
    path: 'backoff.jitter',
    label: 'Jitter (0 to 1)',
    placeholder: '0: no interval is spread',
  },
  { key: 'successThreshold', path: 'successThreshold', label: 'Successes in a row', placeholder: '1' },
  {
    key: 'stallSeconds',
    path: 'stallSeconds',
    label: 'Stalled after (in seconds without progress)',
    placeholder: 'never',
  },
  {
    key: 'maxBodyBytes',
    path: 'maxBodyBytes',
    label: 'Longest body (in bytes)',
    placeholder: '5242880',
  },
]

const CONDITIONS = [
  {
    key: 'pending',
    path: 'exitCriteria.pending',
    label: 'Pending Condition',
    placeholder: 'any other answer is then an unknown state',
  },
  { key: 'progress', path: 'progress', label: 'Progress (a number of the answer)', placeholder: 'progress' },
] as const

interface Given {
  readonly draft: Draft
  readonly names: readonly Name[]
  /** Variables that the payload may hold. */
  readonly variables: readonly Name[]
  readonly errorAt: (path: string) => string | undefined
  readonly judged: (source: string) => Judged | null
  onChange(path: string, part: Partial<Draft>): void
}

/** What the original's form does not have, folded away. */
export function MoreFields({ draft, names, variables, errorAt, judged, onChange }: Given) {
  const paths = [...FIELDS, ...CONDITIONS].map(({ path }) => path)
  const isWrong = ['payload', ...paths].some((path) => errorAt(path) !== undefined)
  return (
    <details className="more" open={isWrong || undefined}>
      <summary>More</summary>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.ignoreTransientOnly}
          onChange={({ target }) => onChange('ignoreFailure', { ignoreTransientOnly: target.checked })}
        />{' '}
        Ignore only intermediate failures that can heal by themselves
      </label>
      <BindingField
        id="payload"
        label="Payload"
        placeholder="sent anew with every attempt"
        value={draft.payload}
        names={variables}
        error={errorAt('payload')}
        onChange={(payload) => onChange('payload', { payload })}
      />
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
      {CONDITIONS.map(({ key, path, label, placeholder }) => (
        <ConditionField
          key={key}
          id={key}
          label={label}
          placeholder={placeholder}
          value={draft[key]}
          error={errorAt(path)}
          judged={key === 'pending' ? judged(draft[key]) : null}
          names={names}
          onChange={(value) => onChange(path, { [key]: value })}
        />
      ))}
    </details>
  )
}
