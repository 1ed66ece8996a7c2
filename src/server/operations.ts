import type { Context } from 'hono'
import type { Engine } from '../engine/engine.ts'
import type { EgressGuard } from '../http/egress.ts'
import { livez, readyz } from './routes/health.ts'
import { me } from './routes/me.ts'
import { pollEvents } from './routes/poll-events.ts'
import { command, getPoll, listAttempts, listPolls, submitPoll, tryPoll } from './routes/polls.ts'
import type { Caller, Role } from './tokens.ts'

/** What an operation works with. */
export interface ApiRequest {
  readonly context: Context
  readonly caller: Caller
  readonly engine: Engine
  readonly egress: EgressGuard
  /** Aborted when the server stops: whoever waits is let go. */
  readonly stopping: AbortSignal
}

export interface Operation {
  readonly method: 'get' | 'post'
  readonly path: string
  /** The least role; `anybody` needs no token. The routes come from this table, so none is without a row. */
  readonly role: Role | 'anybody'
  readonly handle: (request: ApiRequest) => Response | Promise<Response>
}

export const OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/livez', role: 'anybody', handle: livez },
  { method: 'get', path: '/readyz', role: 'anybody', handle: readyz },
  { method: 'get', path: '/api/v1/me', role: 'viewer', handle: me },
  { method: 'get', path: '/api/v1/polls', role: 'viewer', handle: listPolls },
  { method: 'post', path: '/api/v1/polls', role: 'runner', handle: submitPoll },
  { method: 'post', path: '/api/v1/polls/try', role: 'runner', handle: tryPoll },
  { method: 'get', path: '/api/v1/polls/:id', role: 'viewer', handle: getPoll },
  { method: 'get', path: '/api/v1/polls/:id/attempts', role: 'viewer', handle: listAttempts },
  { method: 'get', path: '/api/v1/polls/:id/events', role: 'viewer', handle: pollEvents },
  { method: 'post', path: '/api/v1/polls/:id/cancel', role: 'runner', handle: command('cancel') },
  { method: 'post', path: '/api/v1/polls/:id/pause', role: 'runner', handle: command('pause') },
  { method: 'post', path: '/api/v1/polls/:id/resume', role: 'runner', handle: command('resume') },
  { method: 'post', path: '/api/v1/polls/:id/now', role: 'runner', handle: command('now') },
]
