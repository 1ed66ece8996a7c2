import type { ClipboardEvent } from 'react'
import { announce } from '../announce.tsx'
import { BindingField } from './binding-field.tsx'
import { draftOfCurl } from './curl.ts'
import type { Draft } from './draft.ts'
import { TextField } from './field.tsx'
import { HeadersField } from './headers-field.tsx'
import type { Name } from './names.ts'

export interface FieldsProps {
  readonly draft: Draft
  readonly errorAt: (path: string) => string | undefined
  onChange(path: string, part: Partial<Draft>): void
}

interface Given extends FieldsProps {
  /** Variables that URL and headers may hold. */
  readonly names: readonly Name[]
  readonly headerErrors: Readonly<Record<string, string>>
}

/** What the original's form calls so, in its order and words. */
export function PollRequestFields({ draft, names, errorAt, headerErrors, onChange }: Given) {
  const paste = (event: ClipboardEvent) => {
    const pasted = draftOfCurl(event.clipboardData.getData('text'))
    if (pasted === null) return
    event.preventDefault()
    onChange('url', pasted)
    announce('The form is filled from the curl command.')
  }
  return (
    <fieldset className="card">
      <legend>Poll Request</legend>
      <div onPaste={paste}>
        <BindingField
          id="url"
          label="URL (required)"
          value={draft.url}
          error={errorAt('url')}
          hint="A curl command pasted here fills the form."
          placeholder="https://"
          names={names}
          isRequired
          onChange={(url) => onChange('url', { url })}
        />
      </div>
      <div className="grid">
        <TextField
          id="pollCount"
          label="Count"
          value={draft.pollCount}
          error={errorAt('pollCount')}
          inputMode="numeric"
          onChange={(pollCount) => onChange('pollCount', { pollCount })}
        />
        <TextField
          id="pollIntervalSeconds"
          label="Interval (in seconds)"
          value={draft.pollIntervalSeconds}
          error={errorAt('pollIntervalSeconds')}
          inputMode="decimal"
          onChange={(pollIntervalSeconds) => onChange('pollIntervalSeconds', { pollIntervalSeconds })}
        />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.ignoreFailure}
          onChange={({ target }) => onChange('ignoreFailure', { ignoreFailure: target.checked })}
        />{' '}
        Ignore Intermediate Failure
      </label>
      <HeadersField
        rows={draft.headers}
        names={names}
        errors={headerErrors}
        onChange={(headers) => onChange('headers', { headers })}
      />
    </fieldset>
  )
}
