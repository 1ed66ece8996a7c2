import { useMutation, useQuery } from '@tanstack/react-query'
import { type ClipboardEvent, type FormEvent, useMemo, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { announce } from '../announce.tsx'
import { type PollView, submitPoll, tryPoll } from '../api/polls.ts'
import { ProblemError, request, sayError } from '../api/request.ts'
import { ConditionField } from './condition-field.tsx'
import { draftOfCurl } from './curl.ts'
import { type Draft, draftOf, emptyDraft, taskOf } from './draft.ts'
import { TextField } from './field.tsx'
import { HeadersField } from './headers-field.tsx'
import { MoreFields } from './more-fields.tsx'
import { namesOf } from './names.ts'
import { TrialResult } from './trial-result.tsx'
import { useCheck } from './use-check.ts'

/** A new poll, from nothing or from one that was made before (`?from=ID`). */
export function NewPollPage() {
  const from = new URLSearchParams(useSearch()).get('from')
  const model = useQuery({
    queryKey: ['model', from],
    queryFn: () => request<PollView>(`/polls/${encodeURIComponent(from ?? '')}`),
    enabled: from !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (from !== null && model.isPending) return <p className="quiet">Loading…</p>
  return (
    <Form
      key={from}
      first={model.data ? draftOf(model.data) : emptyDraft()}
      isAgain={model.data !== undefined}
    />
  )
}

function Form({ first, isAgain }: { first: Draft; isAgain: boolean }) {
  const [draft, setDraft] = useState(first)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isSent, setSent] = useState(false)
  const [, navigate] = useLocation()
  const form = useRef<HTMLFormElement>(null)
  const running = useRef<AbortController>(null)
  const trying = useMutation({
    mutationFn: (task: unknown) => {
      running.current = new AbortController()
      return tryPoll(task, running.current.signal)
    },
    onSuccess: ({ attempt }) => announce(`The attempt is ${attempt.verdict}: ${attempt.reason}`),
  })
  const submitting = useMutation({ mutationFn: submitPoll, onSuccess: ({ id }) => navigate(`/polls/${id}`) })
  const trial = trying.data ?? null
  const { isLoaded, problems, judged } = useCheck(draft, trial)
  const names = useMemo(() => namesOf(trial), [trial])
  const refused = { ...fieldsOf(trying.error), ...fieldsOf(submitting.error) }
  const errorAt = (path: string) =>
    (isSent || touched.has(path) ? problems[path] : undefined) ?? refused[path]
  const change = (path: string) => (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }))
    setTouched((before) => new Set([...before, path]))
    if (Object.keys(refused).length > 0) {
      submitting.reset()
      if (trying.error) trying.reset()
    }
  }
  const send = (how: 'try' | 'submit') => {
    setSent(true)
    if (Object.keys(problems).length > 0) return focusFirstError(form.current)
    const task = taskOf(draft)
    if (how === 'try') trying.mutate(task)
    else submitting.mutate({ ...task, ...(draft.name !== '' && { name: draft.name }) })
  }
  const paste = (event: ClipboardEvent) => {
    const pasted = draftOfCurl(event.clipboardData.getData('text'))
    if (pasted === null) return
    event.preventDefault()
    change('url')(pasted)
    announce('The form is filled from the curl command.')
  }
  const error = submitting.error ?? trying.error
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        send('submit')
      }}
    >
      <h1>New poll</h1>
      {isAgain && (
        <p className="quiet">Filled from an earlier run; what was masked there has to be typed again.</p>
      )}
      <div className="form-and-trial">
        <div>
          <fieldset className="card">
            <legend>Poll Request</legend>
            <div onPaste={paste}>
              <TextField
                id="url"
                label="URL (required)"
                value={draft.url}
                error={errorAt('url')}
                hint="A curl command pasted here fills the form."
                inputMode="url"
                placeholder="https://"
                isRequired
                onChange={(url) => change('url')({ url })}
              />
            </div>
            <div className="grid">
              <TextField
                id="pollCount"
                label="Count"
                value={draft.pollCount}
                error={errorAt('pollCount')}
                inputMode="numeric"
                onChange={(pollCount) => change('pollCount')({ pollCount })}
              />
              <TextField
                id="pollIntervalSeconds"
                label="Interval (in seconds)"
                value={draft.pollIntervalSeconds}
                error={errorAt('pollIntervalSeconds')}
                inputMode="decimal"
                onChange={(pollIntervalSeconds) => change('pollIntervalSeconds')({ pollIntervalSeconds })}
              />
            </div>
            <label className="check">
              <input
                type="checkbox"
                checked={draft.ignoreFailure}
                onChange={({ target }) => change('ignoreFailure')({ ignoreFailure: target.checked })}
              />{' '}
              Ignore Intermediate Failure
            </label>
            <HeadersField
              rows={draft.headers}
              errors={isSent || touched.has('headers') ? { ...problems, ...refused } : refused}
              onChange={(headers) => change('headers')({ headers })}
            />
          </fieldset>
          <fieldset className="card">
            <legend>Exit criteria</legend>
            <ConditionField
              id="success"
              label="Success Condition"
              value={draft.success}
              placeholder={'status == "FINISHED"'}
              error={errorAt('exitCriteria.success')}
              judged={judged(draft.success)}
              names={names}
              onChange={(success) => change('exitCriteria.success')({ success })}
            />
            <ConditionField
              id="failure"
              label="Failure Condition"
              value={draft.failure}
              placeholder={'status == "FAILED"'}
              error={errorAt('exitCriteria.failure')}
              judged={judged(draft.failure)}
              names={names}
              onChange={(failure) => change('exitCriteria.failure')({ failure })}
            />
          </fieldset>
          <fieldset className="card">
            <legend className="hidden">More</legend>
            <MoreFields draft={draft} errorAt={errorAt} onChange={(path, part) => change(path)(part)} />
          </fieldset>
          {error && (
            <p className="error" role="alert">
              {sayError(error)}
            </p>
          )}
          <div className="commands">
            <button type="submit" className="primary" disabled={submitting.isPending}>
              Start polling
            </button>
            <button type="button" disabled={!isLoaded || trying.isPending} onClick={() => send('try')}>
              Try it
            </button>
            {trying.isPending && (
              <button type="button" onClick={() => running.current?.abort()}>
                Stop trying
              </button>
            )}
          </div>
        </div>
        <div className="trial">{trial ? <TrialResult trial={trial} /> : <NoTrial />}</div>
      </div>
    </form>
  )
}

function NoTrial() {
  return (
    <p className="quiet">
      <strong>Try it</strong> sends one attempt and shows the answer here; the conditions are then judged
      against it as you type. Nothing of it is kept.
    </p>
  )
}

/** What the server refused, by dotted path. */
function fieldsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  return Object.fromEntries(
    error.fields.map(({ pointer, detail }) => [
      pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~'),
      detail,
    ]),
  )
}

function focusFirstError(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
