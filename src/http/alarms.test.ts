import { expect, it } from 'vitest'
import { clearAlarm, setAlarm } from './alarms.ts'
import { monotonicMs } from './monotonic-ms.ts'

it('rings each at its instant and not before, whatever the order in which they were set', async () => {
  const now = monotonicMs()
  const rung: number[] = []
  const early: number[] = []
  await Promise.all(
    [9, 3, 6, 1, 12].map(
      (ms) =>
        new Promise<void>((resolve) => {
          setAlarm(now + ms, {
            ring() {
              rung.push(ms)
              if (monotonicMs() < now + ms) early.push(ms)
              resolve()
            },
          })
        }),
    ),
  )
  expect(rung).toEqual([1, 3, 6, 9, 12])
  expect(early).toEqual([])
})

it('rings none that was cleared, and sets new ones from within', async () => {
  const now = monotonicMs()
  const rung: string[] = []
  await new Promise<void>((resolve) => {
    const cleared = setAlarm(now + 2, { ring: () => rung.push('cleared') })
    setAlarm(now + 1, {
      ring() {
        rung.push('first')
        clearAlarm(cleared)
        setAlarm(now + 4, { ring: resolve })
      },
    })
  })
  expect(rung).toEqual(['first'])
})

it('is on time for an instant that lies before all others, and for one beyond the longest timer', async () => {
  const far = setAlarm(monotonicMs() + 2 ** 40, { ring: () => expect.fail('24 days have not passed') })
  await new Promise<void>((resolve) => setAlarm(monotonicMs() + 1, { ring: resolve }))
  clearAlarm(far)
})
