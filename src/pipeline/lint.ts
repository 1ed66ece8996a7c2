import type { PathStep } from '../binding/path.ts'
import { lintCriteria } from '../condition/lint.ts'
import type { PollDefinition, Task } from './definition.ts'
import type { PipelineFile } from './schema.ts'
import type { Finding } from './source-file.ts'

/** What is suspicious about a task that is valid. */
export function lintTask(task: Task): Finding[] {
  const path = ['stages', task.stage, 'tasks', task.name, 'input']
  if (task.type === 'POLL')
    return [...lintExit(task, path), ...lintTime(task, path), ...lintRequest(task.input, path)]
  return task.type === 'REST' ? lintRequest(task.input, path) : []
}

/** Inputs whose default looks like a secret written in clear, and what is kept but not carried out. */
export function lintPipeline(file: PipelineFile): Finding[] {
  const secrets = Object.entries(file.input)
    .filter(([name, value]) => SECRET_NAME.test(name) && value.trim() !== '' && !value.includes('${'))
    .map(([name]) => clear(`input ${name}`, ['input', name]))
  const ofTasks = Object.entries(file.stages).flatMap(([stage, { tasks }]) =>
    Object.entries(tasks).flatMap(([task, { notifications }]) =>
      leftAlone(notifications, ['stages', stage, 'tasks', task]),
    ),
  )
  return [...secrets, ...leftAlone(file.notifications, []), ...ofTasks]
}

type Notifications = Readonly<Partial<Record<'email' | 'jira', readonly unknown[]>>>

function leftAlone(notifications: Notifications, path: readonly PathStep[]): Finding[] {
  return (['email', 'jira'] as const).flatMap((kind) =>
    notifications[kind]?.length ? [notSent(kind, path)] : [],
  )
}

function notSent(kind: string, path: readonly PathStep[]): Finding {
  const message = `${kind} notifications are kept in the file, and not sent from here`
  const hint = 'a webhook notification is sent'
  return warning('not-sent', { message, hint, path: [...path, 'notifications', kind] })
}

function lintExit({ input }: PollDefinition, path: readonly PathStep[]): Finding[] {
  const { success = null, failure = null } = input.exitCriteria
  if (success === null && failure === null) return []
  return lintCriteria({ success, failure }).map((lint) => {
    const at = [...path, 'exitCriteria', lint.where]
    return warning(lint.rule, { message: lint.message, hint: lint.hint, path: at })
  })
}

function lintTime({ input }: PollDefinition, path: readonly PathStep[]): Finding[] {
  const longest = (input.pollCount - 1) * input.pollIntervalSeconds
  if (input.timeoutSeconds === null || longest <= input.timeoutSeconds) return []
  const message = `${input.pollCount} attempts every ${input.pollIntervalSeconds} s take ${longest} s, but timeoutSeconds is ${input.timeoutSeconds}`
  const hint = 'the time is over before the count is used up'
  return [warning('count-beyond-timeout', { message, hint, path: [...path, 'timeoutSeconds'] })]
}

const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|x-api-key|.*(?:token|secret|password).*)$/i
const SECRET_NAME = /token|secret|passw|api_?key|private_?key|credential/i
const SECRET_PAIR = /"[^"]*(?:token|secret|passw|api_?key)[^"]*"\s*:\s*"(?!\s*")(?![^"]*\$\{)[^"]+"/i

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

function lintRequest({ headers, payload }: Request, path: readonly PathStep[]): Finding[] {
  const inHeaders = Object.entries(headers)
    .filter(([name, value]) => SECRET_HEADER.test(name) && value.trim() !== '' && !value.includes('${'))
    .map(([name]) => clear(`header ${name}`, [...path, 'headers', name]))
  return SECRET_PAIR.test(payload ?? '')
    ? [...inHeaders, clear('the payload', [...path, 'payload'])]
    : inHeaders
}

function clear(what: string, path: readonly PathStep[]): Finding {
  const message = `${what} looks like a secret that is written in clear`
  return warning('secret-in-clear', {
    message,
    hint: 'make it a variable: ${var.NAME}, given by --var NAME=env:NAME',
    path,
  })
}

function warning(rule: string, said: Pick<Finding, 'message' | 'hint' | 'path'>): Finding {
  return { severity: 'warning', rule, spot: { kind: 'value' }, ...said }
}
