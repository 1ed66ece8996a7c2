import { describe, expect, it } from 'vitest'
import { manualClock } from '../../testing/manual-clock.ts'
import { patiently, waitBefore } from './patience.ts'
import { RefusedError, UnreachableError } from './server-error.ts'

const away = new UnreachableError('nobody is there', { hint: null, isThere: false })

describe('the wait before a try', () => {
  it.each([
    [1, 250],
    [2, 500],
    [3, 1000],
    [6, 8000],
    [7, 10_000],
    [1000, 10_000],
  ])('after %i in vain it is %i ms in the middle, and a quarter more or less', (lost, expected) => {
    expect(waitBefore(lost, 0.5)).toBe(expected)
    expect(waitBefore(lost, 0)).toBe(Math.round(expected * 0.75))
    expect(waitBefore(lost, 1)).toBe(Math.round(expected * 1.25))
  })
})

describe('patiently', () => {
  function trying(answers: readonly (Error | string)[]) {
    const clock = manualClock()
    const told: number[] = []
    const controller = new AbortController()
    let tries = 0
    const work = async () => {
      const answer = answers[Math.min(tries++, answers.length - 1)]
      if (answer instanceof Error) throw answer
      return answer
    }
    const onLost = (_: UnreachableError, waitMs: number) => told.push(waitMs)
    const patience = { clock, random: () => 0.5, signal: controller.signal, onLost }
    return { clock, told, controller, work, patience, tries: () => tries }
  }

  it('tries again until it succeeds, and says each wait', async () => {
    const { work, patience, clock, told } = trying([away, away, 'there'])
    const startedAt = clock.now()
    expect(await patiently(work, patience)).toBe('there')
    expect([told, clock.now() - startedAt]).toEqual([[250, 500], 750])
  })

  it('does not try again what was refused', async () => {
    const refused = new RefusedError(404, { message: 'no', hint: null })
    const { work, patience, tries } = trying([refused])
    await expect(patiently(work, patience)).rejects.toBe(refused)
    expect(tries()).toBe(1)
  })

  it('gives up where it is told to, with the last error', async () => {
    const { work, patience, tries } = trying([away])
    await expect(patiently(work, patience, (_, lost) => lost === 2)).rejects.toBe(away)
    expect(tries()).toBe(2)
  })

  it('ends with the signal’s reason while it waits', async () => {
    const { work, patience, controller } = trying([away])
    const onLost = () => controller.abort('by SIGINT')
    await expect(patiently(work, { ...patience, onLost })).rejects.toBe('by SIGINT')
  })
})
