import { FastifyOtelInstrumentation } from '@fastify/otel'
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { FastifyPluginCallback } from 'fastify'

import type { JobTracing, TracedJob } from '../runs/job-ports.js'
import type { RunObserver, RunRecord } from '../runs/status-ports.js'
import { LoggedExporter, type ExporterLog } from './logged-exporter.js'

const TRACES_PATH = '/v1/traces'
/** The calls to the engine for a run without a ready container, in their order. */
const ENGINE_CALLS = ['create', 'attach', 'start']
/** Time limit during shutdown for sending the last spans, in milliseconds. */
const CLOSE_MS = 2000
/** Routes that orchestrators and Prometheus request every few seconds. */
const UNTRACED = new Set(['/livez', '/readyz', '/api/health', '/metrics'])

interface TracingParts {
  /** Base URL of the OTLP receiver. */
  endpoint: string
  name: string
  version: string
  log: ExporterLog
}

/** Sends OpenTelemetry traces of requests, runs and jobs. Spans never contain code, output or tokens. */
export class Tracing implements RunObserver, JobTracing {
  /** Creates a span for each request, which continues the trace of the client. */
  readonly plugin: FastifyPluginCallback
  readonly #provider: NodeTracerProvider
  readonly #tracer: Tracer

  constructor ({ endpoint, name, version, log }: TracingParts) {
    const exporter = new LoggedExporter(new OTLPTraceExporter({ url: endpoint.replace(/\/*$/, TRACES_PATH) }), log)
    const attributes = { 'service.name': name, 'service.version': version }
    this.#provider = new NodeTracerProvider({ resource: resourceFromAttributes(attributes), spanProcessors: [new BatchSpanProcessor(exporter)] })
    this.#provider.register()
    this.#tracer = this.#provider.getTracer(name, version)
    const instrumentation = new FastifyOtelInstrumentation({
      instrumentHooks: false,
      recordExceptions: false,
      ignorePaths: ({ url }) => UNTRACED.has(url),
      // The path can contain the token of a submission, and the query can contain anything.
      requestHook: (span, { routeOptions: { url = '' } }) => { span.setAttribute('url.path', url) }
    })
    instrumentation.setTracerProvider(this.#provider)
    this.plugin = instrumentation.plugin()
  }

  /** Creates the spans of a run from its measured phases, so that tracing does not delay the run. */
  finished ({ requestId, tokenName, image, jobId, outcome, pooled, phases }: RunRecord): void {
    const { total = 0, queue = 0, lease = 0, exchange = 0 } = phases
    const startMs = performance.timeOrigin + performance.now() - total
    const span = this.#tracer.startSpan('run', {
      startTime: startMs,
      attributes: { 'runonce.request_id': requestId, 'runonce.token': tokenName, 'runonce.image': image, 'runonce.outcome': outcome, 'runonce.pooled': pooled, ...jobAttributes(jobId) }
    })
    const ofRun = trace.setSpan(context.active(), span)
    this.#addSpan('queue', startMs, queue, ofRun)
    const ofLease = this.#addSpan('lease', startMs + queue, lease, ofRun)
    let callMs = startMs + queue
    for (const call of ENGINE_CALLS) {
      const ms = phases[call]
      if (ms === undefined) continue
      this.#addSpan(`engine ${call}`, callMs, ms, ofLease)
      callMs += ms
    }
    if (phases.exchange !== undefined) this.#addSpan('exchange', startMs + total - exchange, exchange, ofRun)
    if (outcome === 'none') span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(startMs + total)
  }

  traceparent (): string | undefined {
    const carrier: Record<string, string> = {}
    propagation.inject(context.active(), carrier)
    return carrier.traceparent
  }

  async traceJob<T> ({ id, tokenName, traceparent }: TracedJob, work: () => Promise<T>): Promise<T> {
    const ofRequest = traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })
    const options = { kind: SpanKind.CONSUMER, attributes: { ...jobAttributes(id), 'runonce.token': tokenName } }
    return await this.#tracer.startActiveSpan('job', options, ofRequest, async (span) => {
      try {
        return await work()
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    })
  }

  /** Sends the last spans, but waits at most two seconds for the receiver. */
  async close (): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())
    await Promise.race([this.#provider.shutdown().catch(() => {}), timeout])
  }

  #addSpan (name: string, startMs: number, ms: number, parent: Context): Context {
    const span = this.#tracer.startSpan(name, { startTime: startMs }, parent)
    span.end(startMs + ms)
    return trace.setSpan(parent, span)
  }
}

function jobAttributes (jobId: string | undefined): Record<string, string> {
  return jobId === undefined ? {} : { 'runonce.job_id': jobId }
}
