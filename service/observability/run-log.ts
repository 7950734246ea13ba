import type { Logger } from 'pino'

import type { RunObserver, RunRecord, RunSubmission } from '../runs/ports.js'
import { suspiciousPatterns } from './suspicious-code.js'

/**
 * One log line a run, and one more for a program with a dangerous pattern; never its code, its output or the token. Writing one
 * blocks, and wakes whoever reads it: to be told after the answer.
 */
export class RunLog implements RunObserver {
  constructor (private readonly logger: Logger) {}

  finished ({ phases, ...record }: RunRecord): void {
    this.logger.info({ ...record, phasesMs: rounded(phases) }, 'run')
  }

  submitted ({ sources, ...submission }: RunSubmission): void {
    const patterns = suspiciousPatterns(sources)
    if (patterns.length > 0) this.logger.warn({ ...submission, patterns }, 'suspicious_code')
  }
}

function rounded (phases: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [phase, Math.round(ms * 100) / 100]))
}
