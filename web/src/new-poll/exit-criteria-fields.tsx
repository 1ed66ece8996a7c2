import type { Judged } from './check.ts'
import { ConditionField } from './condition-field.tsx'
import type { Name } from './names.ts'
import type { FieldsProps } from './poll-request-fields.tsx'

interface Given extends FieldsProps {
  readonly names: readonly Name[]
  readonly hints: Readonly<Record<'success' | 'failure', readonly string[]>>
  readonly judged: (source: string) => Judged | null
}

const FIELDS = [
  { key: 'success', label: 'Success Condition', placeholder: 'status == "FINISHED"' },
  { key: 'failure', label: 'Failure Condition', placeholder: 'status == "FAILED"' },
] as const

export function ExitCriteriaFields({ draft, errorAt, names, hints, judged, onChange }: Given) {
  return (
    <fieldset className="card">
      <legend>Exit criteria</legend>
      {FIELDS.map(({ key, label, placeholder }) => (
        <ConditionField
          key={key}
          id={key}
          label={label}
          placeholder={placeholder}
          value={draft[key]}
          error={errorAt(`exitCriteria.${key}`)}
          hints={hints[key]}
          judged={judged(draft[key])}
          names={names}
          onChange={(value) => onChange(`exitCriteria.${key}`, { [key]: value })}
        />
      ))}
    </fieldset>
  )
}
