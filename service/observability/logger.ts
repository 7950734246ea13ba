import { pino, type Logger } from 'pino'

/** Structured logs on stdout, one JSON object a line. What could carry a token is blanked out. */
export function createLogger (level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers', 'headers', '*.authorization', '*["x-access-token"]']
  })
}
