import { expect, it } from 'vitest'
import type { ExecutionView, TaskView } from '../../engine/executions.ts'
import { shownExecution } from './execution-rows.ts'
import { executionText } from './execution-text.ts'

const NOW = Date.parse('2026-01-01T00:01:00Z')
const task = (given: Partial<TaskView>): TaskView => ({
  type: 'REST',
  status: 'RUNNING',
  message: '',
  output: {},
  startedAt: null,
  endedAt: null,
  inputs: null,
  verdicts: '',
  execution: null,
  poll: null,
  ...given,
})
const step = (name: string) => ({ name, type: 'REST', preCondition: null, continueOnFailure: false }) as const
const run = (given: Partial<ExecutionView>): ExecutionView => ({
  name: 'Deploy',
  executionId: 'e-1',
  executionIndex: 7,
  status: 'RUNNING',
  statusMessage: '',
  outcome: null,
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  requestBy: 'ci',
  comments: 'nightly',
  executionLink: '',
  output: {},
  nextAttemptAt: null,
  input: { region: 'us-east-1' },
  shape: { rollbacks: [], stages: [{ name: 'S', steps: [[step('Start'), step('Wait')], [step('After')]] }] },
  stages: {},
  notes: [],
  rollback: null,
  ...given,
})
const poll = {
  iterationCount: 2,
  pollCount: 60,
  nextAttemptAt: '2026-01-01T00:01:04Z',
  waitReason: 'interval',
  last: { verdict: 'pending', reason: 'no condition holds yet', values: { status: '"RUNNING"' } },
  progress: 50,
  observed: {},
  deadlineAt: null,
  responseCode: 200,
} as const

const lines = (execution: ExecutionView) =>
  shownExecution(execution)
    .rows(NOW)
    .map(({ key, status, text }) => [key, status, text].join(' | '))

it('every task has its line, in the order of its stage, with what it waits for', () => {
  const tasks = {
    Wait: task({ type: 'POLL', poll }),
    Start: task({ status: 'COMPLETED', message: '202' }),
  }
  expect(lines(run({ stages: { S: { status: 'RUNNING', tasks } } }))).toEqual([
    ' | RUNNING | 1 min',
    'S | RUNNING | ',
    'S.Start | COMPLETED | 202',
    'S.Wait | RUNNING | attempt 2/60  200  pending  [######......] 50%  status="RUNNING"  next in 4 s',
    'S.After | NOT_STARTED | ',
  ])
})

it('a run that another one waits for stands inside of its task, and a rollback under the run', () => {
  const inner = run({
    name: 'Inner',
    shape: { rollbacks: [], stages: [{ name: 'I', steps: [[step('Ask')]] }] },
    stages: { I: { status: 'RUNNING', tasks: { Ask: task({}) } } },
  })
  const undo = run({ ...inner, name: 'Undo', status: 'COMPLETED', statusMessage: 'Execution Completed.' })
  const tasks = { Start: task({ type: 'PIPELINE', execution: inner }) }
  const all = lines(run({ stages: { S: { status: 'RUNNING', tasks } }, rollback: undo }))
  expect(all).toContain('S.Start > I.Ask | RUNNING | sent, no answer yet')
  expect(all).toContain('rollback Undo | COMPLETED | Execution Completed.')
  expect(all).toContain('rollback Undo > I.Ask | RUNNING | sent, no answer yet')
})

it('bide show says who started it and why, and no text of a server steers the terminal', () => {
  const tasks = { Wait: task({ status: 'FAILED', message: 'boom \x1b[2J' }) }
  const text = executionText(run({ stages: { S: { status: 'FAILED', tasks } } }), NOW)
  expect(text).toMatch(/^Deploy #7 {2}RUNNING\n/)
  expect(text).toMatch(/ started +1 min ago \(.*\) by ci\n +comments +nightly\n +input +region=us-east-1\n/)
  expect(text).toMatch(/\n {4}Wait +FAILED {2}boom \ufffd\[2J/)
})
