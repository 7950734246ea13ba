import type { Logger } from 'pino'

import type { RunObserver, RunRecord } from '../run/ports.js'
import { suspiciousPatterns } from './suspicious-code.js'

/** One log line a run, and one more for a program with a dangerous pattern; never its code, its output or the token. */
export class RunLog implements RunObserver {
  constructor (private readonly logger: Logger) {}

  finished ({ phases, ...record }: RunRecord): void {
    // Writing a line blocks, and wakes whoever reads it: after the answer.
    setImmediate(() => this.logger.info({ ...record, phasesMs: rounded(phases) }, 'run'))
  }

  submitted ({ sources, ...submission }: { requestId: string, tokenName: string, image: string, sources: string[] }): void {
    // Off the request's path: nothing waits for it.
    setImmediate(() => {
      const patterns = suspiciousPatterns(sources)
      if (patterns.length > 0) this.logger.warn({ ...submission, patterns }, 'suspicious_code')
    })
  }
}

function rounded (phases: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [phase, Math.round(ms * 100) / 100]))
}
