import type { PathStep } from '../binding/path.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import type { PipelineFile } from './schema.ts'
import type { Finding } from './source-file.ts'

/** Where a task stands: tasks of the same stage and step run side by side. */
export interface Place {
  readonly stage: number
  readonly step: number
}

/** The stages and steps of a file, in the order in which they run; what is misnamed is left out. */
export interface Order {
  readonly stages: readonly { readonly name: string; readonly steps: readonly (readonly string[])[] }[]
  /** Null for a task that no taskOrder names, or whose stage no stageOrder names. */
  placeOf(stage: string, task: string): Place | null
  readonly findings: readonly Finding[]
}

/** Reads `stageOrder` and every `taskOrder`. A comma inside an entry of `taskOrder` means side by side. */
export function readOrder(file: PipelineFile): Order {
  const findings: Finding[] = []
  const note = (finding: Pick<Finding, 'message' | 'path'> & Partial<Finding>) =>
    findings.push({ severity: 'error', rule: 'order', hint: null, spot: { kind: 'value' }, ...finding })

  const stageNames = ordered(
    file.stageOrder.map((name) => [name]),
    {
      known: Object.keys(file.stages),
      what: 'stage',
      path: ['stageOrder'],
      note,
    },
  ).flat()
  const stages = stageNames.map((name) => {
    const { tasks, taskOrder } = file.stages[name] as PipelineFile['stages'][string]
    const path = ['stages', name, 'taskOrder']
    const steps = ordered(taskOrder.map(splitStep), { known: Object.keys(tasks), what: 'task', path, note })
    return { name, steps }
  })
  checkNames(file, note)
  const places = new Map<string, Place>()
  stages.forEach(({ name, steps }, stage) => {
    steps.forEach((names, step) => {
      for (const task of names) places.set(keyOf(name, task), { stage, step })
    })
  })
  return { stages, placeOf: (stage, task) => places.get(keyOf(stage, task)) ?? null, findings }
}

type Note = (finding: Pick<Finding, 'message' | 'path'> & Partial<Finding>) => void

interface Ordered {
  readonly known: readonly string[]
  readonly what: 'stage' | 'task'
  readonly path: readonly PathStep[]
  readonly note: Note
}

function ordered(entries: readonly (readonly string[])[], { known, what, path, note }: Ordered): string[][] {
  const seen = new Set<string>()
  const all = new Set(known)
  const steps = entries.map((names, i) =>
    names.filter((name) => {
      const isKnown = all.has(name)
      if (!isKnown)
        note({ message: `there is no ${what} '${name}'`, hint: didYouMean(name, known), path: [...path, i] })
      else if (seen.has(name)) note({ message: `${what} '${name}' stands here twice`, path: [...path, i] })
      const isFirst = isKnown && !seen.has(name)
      seen.add(name)
      return isFirst
    }),
  )
  for (const name of known.filter((name) => !seen.has(name))) {
    const message = `${what} '${name}' is in no ${what}Order, so it never runs`
    const parent = what === 'stage' ? ['stages'] : [...path.slice(0, -1), 'tasks']
    note({ severity: 'warning', rule: 'never-runs', message, path: [...parent, name], spot: { kind: 'key' } })
  }
  return steps.filter((names) => names.length > 0)
}

function splitStep(entry: string): string[] {
  return entry
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const NAME = /^[\p{L}\p{N}_-](?:[\p{L}\p{N}_ -]*[\p{L}\p{N}_-])?$/u
const SCOPES = new Set(['input', 'var', 'output'])

function checkNames(file: PipelineFile, note: Note): void {
  for (const [stage, { tasks }] of Object.entries(file.stages)) {
    checkName(stage, ['stages', stage], note)
    if (SCOPES.has(stage)) {
      const message = `a stage cannot be named '${stage}': \${${stage}.x} already means something`
      note({ message, rule: 'name', path: ['stages', stage], spot: { kind: 'key' } })
    }
    for (const task of Object.keys(tasks)) checkName(task, ['stages', stage, 'tasks', task], note)
  }
}

function checkName(name: string, path: readonly PathStep[], note: Note): void {
  if (NAME.test(name)) return
  const hint = 'a name holds letters, digits, spaces, - and _'
  note({
    message: `'${name}' is no name for a stage or a task`,
    rule: 'name',
    hint,
    path,
    spot: { kind: 'key' },
  })
}

function keyOf(stage: string, task: string): string {
  return JSON.stringify([stage, task])
}
