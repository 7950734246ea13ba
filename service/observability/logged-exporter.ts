import type { SpanExporter } from '@opentelemetry/sdk-trace-node'

type Export = Parameters<SpanExporter['export']>

export type ExporterLog = Record<'info' | 'warn', (details: object, message: string) => void>

/** Logs one line when the receiver of the traces stops accepting spans, and one when it accepts them again. */
export class LoggedExporter implements SpanExporter {
  #fails = false

  constructor (private readonly exporter: SpanExporter, private readonly log: ExporterLog) {}

  export (spans: Export[0], done: Export[1]): void {
    this.exporter.export(spans, (result) => {
      this.#report(result.error)
      done(result)
    })
  }

  async shutdown (): Promise<void> {
    await this.exporter.shutdown()
  }

  /** The message does not contain the headers of the request, which can contain a secret. */
  #report (error: Error | undefined): void {
    const fails = error !== undefined
    if (fails && !this.#fails) this.log.warn({ reason: error.message }, 'the receiver of traces does not accept spans')
    if (!fails && this.#fails) this.log.info({}, 'the receiver of traces accepts spans again')
    this.#fails = fails
  }
}
