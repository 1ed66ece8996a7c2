import { describe, expect, it } from 'vitest'
import { createRedactor } from '../core/redact.ts'
import { checkFiles } from './check.ts'
import { planOf, type TaskPlan } from './plan.ts'

interface Given {
  readonly input?: Record<string, string>
  readonly variables?: Record<string, string>
  readonly secrets?: string[]
}

function plan(text: string, { input = {}, variables = {}, secrets = [] }: Given = {}) {
  const { pipelines, problems } = checkFiles([{ file: 'p.yaml', text }])
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const [first] = pipelines.values()
  return planOf({ pipelines, variables, redactor: createRedactor(secrets) }, first as never, input)
}

/** The plan of a lone task T. */
function planTask(task: string, given: Given = {}): TaskPlan {
  const text = `name: P\ninput: {id: '7', host: h}\nstageOrder: [S]\nstages: {S: {taskOrder: [A, T], tasks: {A: {type: REST, input: {url: http://h/}}, T: ${task}}}}`
  return plan(text, given).stages[0]?.steps[1]?.tasks[0] as TaskPlan
}

const rest = (input: string) => `{type: REST, input: ${input}}`

describe('a request that would be sent', () => {
  it.each<[string, string, Given]>([
    ['http://h/jobs/${input.id}', 'http://h/jobs/7', {}],
    ['http://h/jobs/${input.id}', 'http://h/jobs/8', { input: { id: '8' } }],
    ['http://h/?q=${input.id}', 'http://h/?q=a%26b', { input: { id: 'a&b' } }],
    ['http://${var.HOST}/${name}', 'http://srv/P', { variables: { HOST: 'srv' } }],
    ['http://h/${S.A.output.responseJson.id}', 'http://h/${S.A.output.responseJson.id}', {}],
    [
      'http://h/${input.id}/${S.A.output.responseJson.id}/x',
      'http://h/7/${S.A.output.responseJson.id}/x',
      {},
    ],
    ['http://${input.host}/${executionId}', 'http://h/${executionId}', {}],
    ['http://h/${var.TOKEN}', 'http://h/******', { variables: { TOKEN: 'hunter22' }, secrets: ['hunter22'] }],
  ])('%s is %s', (url, shown, given) => {
    expect(planTask(rest(`{url: '${url}'}`), given)).toMatchObject({ request: { url: shown }, problem: null })
  })

  it('has its headers and payload filled in, and secrets masked', () => {
    const input = `{action: post, url: http://h/, headers: {Authorization: 'Bearer \${var.T}', X-Key: '\${var.T}', X-Id: '\${input.id}'}, payload: 'a \${input.id} \\\${b} \${S.A.status} \${var.T}'}`
    const given = { variables: { T: 'hunter22' }, secrets: ['hunter22'] }
    expect(planTask(rest(input), given)).toMatchObject({
      request: {
        method: 'POST',
        headers: { Authorization: '******', 'X-Key': '******', 'X-Id': '7' },
        payload: 'a 7 ${b} ${S.A.status} ******',
      },
    })
  })

  it('has no payload where it is a GET', () => {
    expect(planTask(rest('{url: http://h/, payload: x}'))).toMatchObject({ request: { payload: null } })
  })

  it('says where a value would be refused', () => {
    const task = planTask(rest("{url: 'http://h/x/${input.id}'}"), { input: { id: '../../admin' } })
    expect(task.problem).toMatch(/^url: .*'\.\.'/)
  })

  it('does not look at a value again for bindings', () => {
    const task = planTask(rest("{action: post, url: http://h/, payload: '${input.id}'}"), {
      input: { id: '${input.host}' },
    })
    expect(task).toMatchObject({ request: { payload: '${input.host}' } })
  })
})

describe('the longest time', () => {
  const poll = (input: string) => `{type: POLL, input: {url: http://h/, ${input}}}`
  it.each([
    [poll('pollCount: 3'), 2 * 60 + 3 * 30],
    [poll('pollCount: 3, requestTimeoutSeconds: 5, initialDelaySeconds: 7'), 7 + 2 * 60 + 3 * 5],
    [poll('pollCount: 1'), 30],
    [poll('pollCount: 100, timeoutSeconds: 90'), 90],
    [poll('pollCount: 5, pollIntervalSeconds: 1, requestTimeoutSeconds: 1, backoff: {factor: 2}'), 15 + 5],
    [
      poll(
        'pollCount: 5, pollIntervalSeconds: 1, requestTimeoutSeconds: 1, backoff: {factor: 2, maxSeconds: 3}',
      ),
      9 + 5,
    ],
    [
      poll(
        'pollCount: 3, pollIntervalSeconds: 10, requestTimeoutSeconds: 1, backoff: {factor: 1, jitter: 0.5}',
      ),
      33,
    ],
    [
      poll('pollCount: 1000000000, pollIntervalSeconds: 1, requestTimeoutSeconds: 1, backoff: {factor: 2}'),
      301e9,
    ],
    [rest('{url: http://h/}'), 30],
    [
      rest('{url: http://h/, requestTimeoutSeconds: 2, retry: {count: 3, intervalSeconds: 4}}'),
      4 * 2 + 3 * 4,
    ],
    [`{type: Condition, input: {condition: 'true'}}`, 0],
  ])('of %s is %d s', (task, seconds) => {
    const { longestSeconds } = planTask(task)
    expect(Math.abs(longestSeconds - seconds) / Math.max(1, seconds)).toBeLessThan(1e-5)
  })

  it('of a pipeline is that of its steps one after another, of a step that of its longest task', () => {
    const text = `
name: Outer
stageOrder: [A, B]
rollbacks: [{stage: A, task: X, name: Inner}, {stage: B, name: Inner}]
stages:
  A:
    taskOrder: ['X,Y']
    tasks:
      X: {type: REST, input: {url: http://h/, requestTimeoutSeconds: 5}}
      Y: {type: REST, input: {url: http://h/, requestTimeoutSeconds: 8}}
  B:
    taskOrder: ['P,Q,R', Z]
    tasks:
      P: {type: Pipeline, input: {pipeline: Inner, inputProperties: {id: a}}}
      Q: {type: Pipeline, input: {pipeline: Inner}}
      R: {type: Pipeline, input: {pipeline: Inner}}
      Z: {type: REST, preCondition: '\${A.X.status} == "COMPLETED"', ignoreFailure: true, input: {url: http://h/, requestTimeoutSeconds: 1}}
---
name: Inner
concurrency: 2
input: {id: none}
stageOrder: [S]
stages: {S: {taskOrder: [T], tasks: {T: {type: REST, input: {url: 'http://h/\${input.id}', requestTimeoutSeconds: 10}}}}}
`
    const { longestSeconds, stages, rollbacks } = plan(text)
    expect(stages.map(({ steps }) => steps.map((step) => step.longestSeconds))).toEqual([[8], [20, 1]])
    expect(longestSeconds).toBe(29)
    expect(rollbacks).toEqual([
      { stage: 'A', task: 'X', pipeline: 'Inner', longestSeconds: 10 },
      { stage: 'B', task: null, pipeline: 'Inner', longestSeconds: 10 },
    ])
    const [p, q] = stages[1]?.steps[0]?.tasks ?? []
    const inner = { stages: [{ steps: [{ tasks: [{ request: { url: 'http://h/a' } }] }] }] }
    expect(p).toMatchObject({ type: 'PIPELINE', longestSeconds: 10, plan: { input: { id: 'a' }, ...inner } })
    expect(q).toMatchObject({ plan: { input: { id: 'none' } } })
    const [z] = stages[1]?.steps[1]?.tasks ?? []
    expect(z).toMatchObject({ preCondition: '${A.X.status} == "COMPLETED"', continueOnFailure: true })
  })
})
