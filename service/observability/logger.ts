import { pino, type Logger } from 'pino'

import type { LogOutput } from './log-output.js'

/** Creates a logger that writes one JSON object per line. Members that can contain a token are redacted. */
export function createLogger (level: string, output: LogOutput): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers', 'headers', '*.authorization', '*["x-access-token"]']
  }, output)
}
