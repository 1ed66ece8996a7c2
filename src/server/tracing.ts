import type { MadeAttempt } from '../engine/embedded/embedded-engine.ts'

export interface Tracing {
  attempted(made: MadeAttempt): void
  /** Sends what is still to be sent. */
  stop(): Promise<void>
}

/** Spans go to a collector where `OTEL_EXPORTER_OTLP_ENDPOINT` names one; what sends them is loaded only then. */
export async function openTracing(env: NodeJS.ProcessEnv): Promise<Tracing | null> {
  const isAsked = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  if (!isAsked || env.OTEL_SDK_DISABLED === 'true') return null
  const { otlpTracing } = await import('./otlp-tracing.ts')
  return otlpTracing()
}
