import { describe, expect, it } from 'vitest'
import type { PipelineShape } from '../../src/pipeline/picture.ts'
import { readSource } from '../../src/pipeline/source-file.ts'
import { bindingNames } from '../../web/src/pipelines/binding-names.ts'
import { checkText } from '../../web/src/pipelines/check.ts'
import { neighbour } from '../../web/src/pipelines/neighbour.ts'
import { keysAt, valuesAt } from '../../web/src/pipelines/schema-keys.ts'
import { STARTER } from '../../web/src/pipelines/starter.ts'
import { lineOfTask } from '../../web/src/pipelines/task-line.ts'
import { siblingValue, yamlPath } from '../../web/src/pipelines/yaml-path.ts'

const NOTHING_ELSE = { pipelines: null, variables: null }

describe('where a line of YAML stands', () => {
  const text = `name: A
input:
  api: x
stages:
  "Build it":
    taskOrder:
      - Start
    tasks:
      Start:
        type: REST
        input:
          # a comment
          url: http://a:1
          headers:
            Accept: a

rollbacks:
  - stage: Build it
    name: B
    inputs:
      api: y`
  const lines = text.split('\n')
  const at = (part: string) => lines.findIndex((line) => line.includes(part))

  it.each([
    ['api: x', ['input']],
    ['- Start', ['stages', 'Build it', 'taskOrder']],
    ['type: REST', ['stages', 'Build it', 'tasks', 'Start']],
    ['url:', ['stages', 'Build it', 'tasks', 'Start', 'input']],
    ['Accept:', ['stages', 'Build it', 'tasks', 'Start', 'input', 'headers']],
    ['name: B', ['rollbacks', '[]']],
    ['api: y', ['rollbacks', '[]', 'inputs']],
    ['rollbacks:', []],
  ])('%s', (part, path) => {
    const line = lines[at(part)] as string
    expect(yamlPath(lines, at(part), line.length - line.trimStart().length)).toEqual(path)
  })

  it('finds the value of a key beside a line', () => {
    expect(siblingValue(lines, at('        input:'), 'type')).toBe('REST')
    expect(siblingValue(lines, at('taskOrder'), 'type')).toBeNull()
  })

  it('finds the line of a task, also where its name stands elsewhere before', () => {
    expect(lineOfTask(text, 'Build it.Start')).toBe(at('      Start:') + 1)
    expect(lineOfTask(text, 'Build it.Stop')).toBe(1)
  })
})

describe('what is offered', () => {
  const names = (offers: readonly { text: string }[]) => offers.map(({ text }) => text)

  it('is the keys of the format at that place', () => {
    expect(names(keysAt([], null))).toEqual(expect.arrayContaining(['name', 'stageOrder', 'rollbacks']))
    expect(names(keysAt([], null))).not.toContain('icon')
    expect(names(keysAt(['stages', 'A', 'tasks', 'B'], null))).toEqual(
      expect.arrayContaining(['type', 'preCondition', 'ignoreFailure', 'input']),
    )
    expect(names(keysAt(['rollbacks', '[]'], null))).toEqual(['stage', 'task', 'name', 'inputs'])
  })

  it('is, within the input of a task, the keys of its type', () => {
    const input = ['stages', 'A', 'tasks', 'B', 'input']
    expect(names(keysAt(input, 'Poll'))).toContain('exitCriteria')
    expect(names(keysAt(input, 'REST'))).not.toContain('exitCriteria')
    expect(names(keysAt([...input, 'exitCriteria'], 'POLL'))).toEqual(
      expect.arrayContaining(['success', 'failure']),
    )
  })

  it('is the values of a key that has but a few', () => {
    expect(names(valuesAt(['stages', 'A', 'tasks', 'B', 'type'], null))).toEqual([
      'POLL',
      'REST',
      'Condition',
      'Pipeline',
    ])
    expect(names(valuesAt(['enabled'], null))).toEqual(['true', 'false'])
    expect(names(valuesAt(['stages', 'A', 'tasks', 'B', 'input', 'action'], 'REST'))).toContain('delete')
    expect(valuesAt(['name'], null)).toEqual([])
  })

  it('is the bindings of inputs, variables and tasks that have ended by then', () => {
    const [document] = readSource('a', STARTER).documents
    const paths = (owner: { stage: string; task: string } | null) =>
      bindingNames(document?.data, ['token'], owner).map(({ path }) => path)
    expect(paths({ stage: 'Build', task: 'Wait' })).toEqual(
      expect.arrayContaining(['input.api', 'var.token', 'Build.Start.output.responseJson', 'executionId']),
    )
    expect(paths({ stage: 'Build', task: 'Start' }).filter((path) => path.startsWith('Build.'))).toEqual([])
    expect(paths(null)).toContain('Build.Wait.output.iterationCount')
    expect(bindingNames(null, [], null).length).toBeGreaterThan(0)
  })
})

describe('the check in the page', () => {
  it('finds nothing wrong with the starter, and draws it', () => {
    const { shape, problems } = checkText(STARTER, NOTHING_ELSE)
    expect(problems).toEqual([])
    expect(shape?.stages).toMatchObject([
      { name: 'Build', steps: [[{ name: 'Start', type: 'REST' }], [{ name: 'Wait', type: 'POLL' }]] },
    ])
  })

  it('knows of pipelines that are kept elsewhere', () => {
    const calling = STARTER.replace('type: REST', 'type: Pipeline').replace(
      /input:\n {10}action: post[\s\S]*?3}'/,
      'input:\n          pipeline: Other',
    )
    const rules = (pipelines: string[]) =>
      checkText(calling, { pipelines, variables: [] }).problems.map(({ rule }) => rule)
    expect(rules(['Another'])).toContain('unknown-pipeline')
    expect(rules(['Other'])).not.toContain('unknown-pipeline')
  })
})

describe('the way of the arrow keys', () => {
  const task = (name: string) => ({ name, type: 'REST', preCondition: null, continueOnFailure: false })
  const shape: PipelineShape = {
    stages: [
      { name: 'A', steps: [[task('a')], [task('b'), task('c')]] },
      { name: 'empty', steps: [] },
      { name: 'B', steps: [[task('d')]] },
    ],
    rollbacks: [],
  }
  it.each([
    ['ArrowDown', [0, 0, 0], [0, 1, 0]],
    ['ArrowRight', [0, 1, 0], [0, 1, 1]],
    ['ArrowRight', [0, 1, 1], [2, 0, 0]],
    ['ArrowDown', [0, 1, 1], [2, 0, 0]],
    ['ArrowUp', [2, 0, 0], [0, 1, 0]],
    ['ArrowLeft', [2, 0, 0], [0, 0, 0]],
    ['Home', [2, 0, 0], [0, 0, 0]],
    ['End', [0, 0, 0], [2, 0, 0]],
    ['ArrowLeft', [0, 0, 0], null],
    ['Enter', [0, 0, 0], null],
  ])('%s from %j', (key, [stage, step, task], to) => {
    const found = neighbour(
      shape,
      { stage: stage as number, step: step as number, task: task as number },
      key,
    )
    expect(found && [found.stage, found.step, found.task]).toEqual(to)
  })
})
