import '../style/new-poll.css'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useLocation, useSearch } from 'wouter'
import { announce } from '../announce.tsx'
import { type PollView, submitPoll, tryPoll, useCaller } from '../api/polls.ts'
import { ProblemError, request, sayError } from '../api/request.ts'
import { type Draft, draftOf, emptyDraft, taskOf } from './draft.ts'
import { ExitCriteriaFields } from './exit-criteria-fields.tsx'
import { MoreFields } from './more-fields.tsx'
import { namesOf } from './names.ts'
import { PollRequestFields } from './poll-request-fields.tsx'
import { TrialResult } from './trial-result.tsx'
import { useCheck } from './use-check.ts'
import { useVariableNames } from './use-variable-names.ts'

/** A new poll, from nothing or from one that was made before (`?from=ID`). */
export function NewPollPage() {
  const from = new URLSearchParams(useSearch()).get('from')
  const model = useQuery({
    queryKey: ['model', from],
    queryFn: () => request<PollView>(`/polls/${encodeURIComponent(from ?? '')}`),
    enabled: from !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const caller = useCaller().data
  if (caller?.role === 'viewer')
    return (
      <>
        <h1>New poll</h1>
        <p>The token of {caller.name} may look, but start nothing: a runner's may.</p>
      </>
    )
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
  const { variables, names: variableNames } = useVariableNames()
  const { isLoaded, problems, judged, hints } = useCheck({ draft, trial, variables })
  const names = useMemo(() => namesOf(trial), [trial])
  const refused = { ...fieldsOf(trying.error), ...fieldsOf(submitting.error) }
  const errorAt = (path: string) =>
    (isSent || touched.has(path) ? problems[path] : undefined) ?? refused[path]
  const change = (path: string, part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }))
    setTouched((before) => new Set([...before, path]))
    if (Object.keys(refused).length > 0) {
      submitting.reset()
      if (trying.error) trying.reset()
    }
  }
  const send = (how: 'try' | 'submit') => {
    // What is wrong is marked at once, so that the first of it has the focus before the next key.
    flushSync(() => setSent(true))
    if (Object.keys(problems).length > 0) return focusFirstError(form.current)
    const task = taskOf(draft)
    if (how === 'try') trying.mutate(task)
    else submitting.mutate({ ...task, ...(draft.name !== '' && { name: draft.name }) })
  }
  const fields = { draft, errorAt, onChange: change }
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
          <PollRequestFields
            {...fields}
            names={variableNames}
            headerErrors={isSent || touched.has('headers') ? { ...problems, ...refused } : refused}
          />
          <ExitCriteriaFields {...fields} names={names} hints={hints} judged={judged} />
          <fieldset className="card folded">
            <legend className="hidden">More</legend>
            <MoreFields {...fields} names={names} variables={variableNames} judged={judged} />
          </fieldset>
          {error && (
            <p className="error" role="alert">
              {sayError(error)}
            </p>
          )}
          <div className="commands of-form">
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
    <section className="card empty">
      <h2>Nothing tried yet</h2>
      <p className="quiet">
        <strong>Try it</strong> sends one attempt and shows the answer here. The conditions are then judged
        against it as you type, and its properties are offered. Nothing of it is kept.
      </p>
    </section>
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
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
