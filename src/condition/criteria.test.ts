import { expect, it } from 'vitest'
import { InvalidTaskError } from '../core/errors.ts'
import { type PollTaskInput, parsePollTask } from '../core/task.ts'
import { compileCriteria } from './criteria.ts'
import { defaultSuccess } from './default-success.ts'

const criteriaOf = (input: Partial<PollTaskInput>) =>
  compileCriteria(parsePollTask({ url: 'http://h/', ...input }))

it('a task without conditions succeeds with a 2xx code', async () => {
  expect(await criteriaOf({})).toEqual({
    success: defaultSuccess,
    failure: null,
    pending: null,
    progress: null,
  })
})

it('an empty condition is none', async () => {
  const criteria = await criteriaOf({ exitCriteria: { success: '  ', failure: '' } })
  expect([criteria.success, criteria.failure]).toEqual([defaultSuccess, null])
})

it('each condition that is given is compiled', async () => {
  const exitCriteria = { success: 'a == 1', failure: 'a == 2', pending: 'a == 3' }
  const { success, failure, pending, progress } = await criteriaOf({ exitCriteria, progress: 'a' })
  expect([success, failure, pending, progress].map((compiled) => compiled?.source)).toEqual([
    'a == 1',
    'a == 2',
    'a == 3',
    'a',
  ])
})

it('every condition that does not compile is named, not only the first', async () => {
  const exitCriteria = { success: 'a = 1', failure: 'a ==', pending: 'a == 3' }
  const error = await criteriaOf({ exitCriteria, progress: '"text' }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(InvalidTaskError)
  expect((error as InvalidTaskError).problems.map(({ path }) => path)).toEqual([
    'exitCriteria.success',
    'exitCriteria.failure',
    'progress',
  ])
})
