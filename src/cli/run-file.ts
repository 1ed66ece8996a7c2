import { createHash, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Redactor } from '../core/redact.ts'
import type { RunState, TaskRun } from '../pipeline/run-state.ts'
import type { RunInput } from './run-input.ts'
import { seal, unseal } from './sealed.ts'
import { openStateFile, type StateFile } from './state-file.ts'
import { UsageError } from './usage-error.ts'

interface Kept {
  readonly format: 'state of a run'
  /** The files that the run was started from, and what they held. */
  readonly files: readonly string[]
  readonly definition: string
  /** Tells the marks of secrets in this file from what a server may have sent. */
  readonly nonce: string
  readonly state: RunState
}

/** The file in which a run keeps its state. No secret is in it: marks stand where they are put back from flags. */
export interface RunFile {
  /** The files of the run that it holds; null for a new one. */
  readonly paths: readonly string[] | null
  /** @throws UsageError where the files have changed, or a secret is not given again. */
  read(input: RunInput): RunState | null
  writer(input: RunInput, redactor: Redactor): (state: RunState) => void
}

/** @throws UsageError where the file is no state of a run, or cannot be written. */
export function openRunFile(path: string): RunFile {
  const file: StateFile<Kept> = openStateFile<Kept>(path, 'state of a run')
  const { kept } = file
  const nonce = kept?.nonce ?? randomUUID()
  return {
    paths: kept?.files ?? null,
    read: (input) => (kept === null ? null : restored(path, kept, input)),
    writer: (input, redactor) => {
      const about = {
        format: 'state of a run',
        files: absolute(input),
        definition: fingerprint(input),
        nonce,
      } as const
      const secrets = input.secrets
      return (state) =>
        file.write({
          ...about,
          state: redactor.json(seal(withoutTags(state), { secrets, nonce })) as RunState,
        })
    },
  }
}

function restored(path: string, kept: Kept, input: RunInput): RunState {
  if (kept.definition !== fingerprint(input)) {
    throw new UsageError(
      `--resume: ${path} was kept by another pipeline, or its file has changed since`,
      'go on with the file as it was, or remove the state to run anew',
    )
  }
  const { state } = kept
  if (state.pipeline !== input.pipeline.name) {
    throw new UsageError(
      `--resume: ${path} holds a run of pipeline '${state.pipeline}'`,
      `--pipeline '${state.pipeline}'`,
    )
  }
  const opened = unseal(state, {
    secrets: input.secrets,
    nonce: kept.nonce,
    onMissing: (name) => {
      throw new UsageError(
        `--resume: the run was given a secret as ${name}`,
        `give it again, as in --${name}=env:NAME`,
      )
    },
  }) as RunState
  const changed = Object.entries(input.input).find(([name, value]) => opened.input[name] !== value)
  if (changed)
    throw new UsageError(`--resume: the run was started with another value of input '${changed[0]}'`)
  return opened
}

/** A body that was masked must not stand for the real one after a 304: so there is no tag to ask by. */
function withoutTags(run: RunState): RunState {
  const tasks = Object.entries(run.tasks).map(([key, task]) => [key, withoutTag(task)])
  const rollback = run.rollback && { ...run.rollback, run: withoutTags(run.rollback.run) }
  return { ...run, tasks: Object.fromEntries(tasks), rollback }
}

function withoutTag(task: TaskRun): TaskRun {
  const child = task.child && withoutTags(task.child)
  if (task.work?.kind !== 'poll' || task.work.state.last === null) return { ...task, child }
  const { state } = task.work
  const { etag, ...headers } = task.work.state.last.headers
  return {
    ...task,
    child,
    work: { ...task.work, state: { ...state, last: { ...task.work.state.last, headers } } },
  }
}

function absolute({ files }: RunInput): string[] {
  return files.map(({ file }) => resolve(file))
}

function fingerprint({ files }: RunInput): string {
  return createHash('sha256')
    .update(JSON.stringify(files.map(({ text }) => text)))
    .digest('hex')
}
