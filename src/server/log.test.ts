import { describe, expect, it } from 'vitest'
import { createLog, type LogFormat, type LogLevel } from './log.ts'

function lines(format: LogFormat, level: LogLevel, say: (log: ReturnType<typeof createLog>) => void) {
  const written: string[] = []
  say(createLog({ format, level, write: (line) => void written.push(line) }))
  return written
}

describe('a log', () => {
  it('as JSON is an object a line, with time, level, event and what belongs to it', () => {
    const [line, ...more] = lines('json', 'info', (log) => {
      log('debug', 'request', 'GET')
      log('info', 'listening', 'listening on x', { url: 'http://127.0.0.1:1' })
    })
    expect(more).toEqual([])
    expect(line?.endsWith('}\n')).toBe(true)
    expect(JSON.parse(line as string)).toMatchObject({
      level: 'info',
      event: 'listening',
      message: 'listening on x',
      url: 'http://127.0.0.1:1',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
  })

  it('as text is a sentence a line, and nothing below its level', () => {
    const said = lines('text', 'warn', (log) => {
      log('info', 'listening', 'listening on x')
      log('error', 'problem', 'the disk is full')
    })
    expect(said).toEqual(['bide serve: the disk is full\n'])
  })

  it.each([
    'Authorization: Bearer abc.def-ghi',
    'bide_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-abcde was used',
    'http://user:s3cret@host/path',
    'Basic dXNlcjpwYXNz',
  ])('masks what looks like a secret: %s', (text) => {
    for (const format of ['text', 'json'] as const) {
      const [line] = lines(format, 'info', (log) => log('info', 'x', text, { also: text }))
      expect(line).toContain('******')
      expect(line).not.toMatch(/abc\.def|AbCdEf|s3cret|dXNlcjpwYXNz/)
    }
  })
})
