import type { RestateAddresses } from '../engine/restate/restate-client.ts'
import { EGRESS_MODES, type EgressMode } from '../http/egress.ts'
import type { ServerOptions } from '../server/server.ts'
import { type Arguments, listValue, textValue } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'

const ENGINES = ['embedded', 'restate'] as const

/** @throws UsageError */
export function engineOf(parsed: Arguments): (typeof ENGINES)[number] {
  const text = textValue(parsed, 'engine') ?? 'embedded'
  const engine = ENGINES.find((one) => one === text)
  if (engine === undefined) throw new UsageError(`--engine: '${text}' is none of ${ENGINES.join(', ')}`)
  return engine
}

/** Options that mean nothing to an engine, with what is to be done in their place. */
const FOREIGN: Readonly<Record<(typeof ENGINES)[number], Readonly<Record<string, string>>>> = {
  embedded: {
    'restate-url': 'name --engine restate as well',
    'restate-admin-url': 'name --engine restate as well',
  },
  restate: {
    'origin-concurrency': 'workers make the attempts: bide worker --per-origin',
    'origin-rate': 'over Restate attempts are bounded at a time alone: bide worker --per-origin',
    keep: 'workers remove what has ended: bide worker --keep',
    'keep-rows': 'over Restate runs are kept by time alone: bide worker --keep',
    'max-store-bytes': 'what Restate may take is said in its own configuration',
  },
}

/** @throws UsageError where an option was given that the engine would leave unheard. */
export function refuseForeign(parsed: Arguments): void {
  const engine = engineOf(parsed)
  for (const [flag, hint] of Object.entries(FOREIGN[engine]))
    if (parsed.values[flag] !== undefined)
      throw new UsageError(`--${flag} is not for --engine ${engine}`, hint)
}

const ADMIN_PORT = '9070'

/** Where Restate is; its admin stands beside its ingress where nothing else is said. @throws UsageError */
export function restateAddresses(parsed: Arguments): RestateAddresses {
  const ingress = listValue(parsed, 'restate-url').map((text) => baseOf('restate-url', text))
  const admin = listValue(parsed, 'restate-admin-url').map((text) => baseOf('restate-admin-url', text))
  if (ingress.length === 0)
    throw new UsageError(
      '--engine restate needs --restate-url',
      'the address of its ingress, as in http://127.0.0.1:8080; bide cluster up prints those of a trial',
    )
  return { ingress, admin: admin.length > 0 ? admin : ingress.map(besideOf) }
}

function besideOf(ingress: string): string {
  const url = new URL(ingress)
  url.port = ADMIN_PORT
  return url.origin
}

function baseOf(flag: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`--${flag}: '${text}' is no http or https URL`)
  return new URL(text).origin
}

/** Where attempts may go. @throws UsageError */
export function egressOf(parsed: Arguments): ServerOptions['egress'] {
  const text = textValue(parsed, 'egress') ?? 'internal'
  const mode: EgressMode | undefined = EGRESS_MODES.find((one) => one === text)
  if (mode === undefined) throw new UsageError(`--egress: '${text}' is none of ${EGRESS_MODES.join(', ')}`)
  return { mode, allow: listValue(parsed, 'egress-allow'), deny: listValue(parsed, 'egress-deny') }
}
