import type { Context } from 'hono'
import type * as v from 'valibot'
import type { Engine } from '../engine/engine.ts'
import type { EgressGuard } from '../http/egress.ts'
import type { Audit } from '../store/audit.ts'
import type { KnownTokens } from './known-tokens.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { AUDIT_OPERATIONS } from './operations/audit.ts'
import { DOCUMENT_OPERATIONS } from './operations/documents.ts'
import { EXECUTION_OPERATIONS } from './operations/executions.ts'
import { HEALTH_OPERATIONS } from './operations/health.ts'
import { PIPELINE_OPERATIONS } from './operations/pipelines.ts'
import { POLL_OPERATIONS } from './operations/polls.ts'
import { TOKEN_OPERATIONS } from './operations/tokens.ts'
import type { PipelineCatalog } from './pipeline-catalog.ts'
import type { Caller, Role } from './tokens.ts'
import type { VariableCatalog } from './variable-catalog.ts'
import type { WakeTokens } from './wake-tokens.ts'

/** What the operations have in common. */
export interface Services {
  readonly engine: Engine
  readonly egress: EgressGuard
  readonly metrics: Metrics
  readonly log: Log
  readonly tokens: KnownTokens
  readonly wakeTokens: WakeTokens
  readonly audit: Audit
  readonly pipelines: PipelineCatalog
  readonly variables: VariableCatalog
}

/** What an operation works with. */
export interface ApiRequest extends Services {
  readonly context: Context
  readonly caller: Caller
  /** Aborted when the server stops, or the caller's token is revoked: whoever waits is let go. */
  readonly stopping: AbortSignal
  /** Hears of defects, whose text no caller is told. */
  readonly onProblem: (error: unknown) => void
  /** All that can be asked. */
  readonly operations: readonly Operation[]
}

/** A schema of valibot, of which the API's document is made. */
export type Schema = v.GenericSchema

/** What a request or an answer carries. */
export interface Content {
  /** What it is, in a sentence. */
  readonly says: string
  /** JSON by default. */
  readonly type?: string
  /** Left out where there is nothing, or text of that type. */
  readonly schema?: Schema
  readonly headers?: Readonly<Record<string, Schema>>
}

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Its parameters have their meaning in `PATH_PARAMETERS` of `openapi.ts`. */
  readonly path: string
  /** The least role; `anybody` needs no token. The routes come from this table, so none is without a row. */
  readonly role: Role | 'anybody'
  /** What the audit calls who asks without a token of the server. */
  readonly actor?: string
  /** It is no GET, and changes nothing all the same: it leaves no trace in the audit. */
  readonly changesNothing?: true
  readonly handle: (request: ApiRequest) => Response | Promise<Response>
  /** What the caller gets, in a few words. */
  readonly summary: string
  /** What else there is to know, as Markdown. */
  readonly description?: string
  /** By name; each may be left out. */
  readonly query?: Readonly<Record<string, Schema>>
  /** Headers of the request that mean something here; each may be left out. */
  readonly headers?: Readonly<Record<string, Schema>>
  readonly body?: Content
  /** By status. */
  readonly answers: Readonly<Record<number, Content>>
  /** Statuses of the problems that are its own; those that any operation may have are added. */
  readonly problems?: readonly number[]
}

/** Everything that can be asked of the server. */
export const OPERATIONS: readonly Operation[] = [
  ...HEALTH_OPERATIONS,
  ...DOCUMENT_OPERATIONS,
  ...POLL_OPERATIONS,
  ...EXECUTION_OPERATIONS,
  ...PIPELINE_OPERATIONS,
  ...TOKEN_OPERATIONS,
  ...AUDIT_OPERATIONS,
]
