import type { Logger } from 'pino'

import { sourcesOf } from '../protocol/payload.js'
import type { RunObserver, RunRecord, RunSubmission } from '../runs/status-ports.js'
import { suspiciousPatterns } from './suspicious-code.js'

/**
 * Logs one line for each run and one additional line for a program with a dangerous pattern. Never logs code, output or tokens.
 * Writing a line blocks, so the methods must be called after the response has been written.
 */
export class RunLog implements RunObserver {
  constructor (private readonly logger: Logger) {}

  submitted ({ payload, ...submission }: RunSubmission): void {
    const patterns = suspiciousPatterns(sourcesOf(payload))
    if (patterns.length > 0) this.logger.warn({ ...submission, patterns }, 'suspicious_code')
  }

  finished ({ phases, ...record }: RunRecord): void {
    this.logger.info({ ...record, phasesMs: rounded(phases) }, 'run')
  }
}

function rounded (phases: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [phase, Math.round(ms * 100) / 100]))
}
