import { destination, pino } from 'pino'
import { MASK } from '../core/redact.ts'

export const LOG_FORMATS = ['text', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Names and numbers that belong to an event. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>

/** Says what happens, one line an event. A secret that gets into it is masked. */
export type Log = (level: LogLevel, event: string, message: string, fields?: LogFields) => void

export interface LogOptions {
  readonly format: LogFormat
  readonly level: LogLevel
  /** Takes a line with its end; stderr by default. */
  readonly write?: (line: string) => void
}

/** `text`: lines for people, `bide serve: ...`. `json`: an object a line, for machines, by pino. */
export function createLog({ format, level, write }: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(level)
  const log = format === 'json' ? jsonLog(level, write) : textLog(write)
  return (at, event, message, fields = {}) => {
    if (LOG_LEVELS.indexOf(at) >= least) log(at, event, masked(message), maskedFields(fields))
  }
}

function textLog(write = (line: string): void => void process.stderr.write(line)): Log {
  return (_level, _event, message) => write(`bide serve: ${message}\n`)
}

function jsonLog(level: LogLevel, write: LogOptions['write']): Log {
  const to = write === undefined ? destination({ dest: 2, sync: true }) : { write }
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    messageKey: 'message',
  }
  const logger = pino(options, to)
  return (at, event, message, fields) => logger[at]({ event, ...fields }, message)
}

/** Whatever looks like a token or like the password of a URL; all else that is secret is not given to a log. */
const SECRET = /\bbide_[\w-]{20,}|\b(?:Bearer|Basic)\s+[\w.~+/=-]+|(?<=:\/\/[^/\s:@]*:)[^/\s@]+(?=@)/gi

function masked(text: string): string {
  return text.replace(SECRET, MASK)
}

function maskedFields(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? masked(value) : value]),
  )
}
