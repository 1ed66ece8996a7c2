import { setTimeout as sleep } from 'node:timers/promises'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { VERSION } from '../core/version.ts'
import type { Tracing } from './tracing.ts'

/** A collector that does not answer holds up no stop for longer. */
const LAST_WORDS_MS = 2000

/** A span an attempt, by OTLP over HTTP. Where to, and with which headers, the exporter reads from the environment. */
export function otlpTracing(): Tracing {
  const name = process.env.OTEL_SERVICE_NAME || 'bide'
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': name, 'service.version': VERSION }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const tracer = provider.getTracer('bide', VERSION)
  return {
    attempted({ id, origin, method, iteration, code, verdict, startedAt, durationMs, lateMs }) {
      const { hostname, port, protocol } = new URL(origin)
      const span = tracer.startSpan('attempt', {
        kind: SpanKind.CLIENT,
        startTime: startedAt,
        attributes: {
          'bide.run.id': id,
          'bide.iteration': iteration,
          'bide.verdict': verdict,
          'bide.late_ms': lateMs,
          'http.request.method': method,
          'server.address': hostname,
          'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
          ...(code !== null && { 'http.response.status_code': code }),
        },
      })
      if (verdict === 'broken' || verdict === 'failed') span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(startedAt + durationMs)
    },
    async stop() {
      const late = new AbortController()
      const given = sleep(LAST_WORDS_MS, null, { signal: late.signal }).catch(() => {})
      await Promise.race([provider.shutdown().catch(() => {}), given])
      late.abort()
    },
  }
}
