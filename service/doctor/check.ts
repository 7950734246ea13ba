/**
 * `ok`: works. `info`: works, and the advice improves it. `weak`: works, but the detail states what is lost.
 * `failed`: does not work. `skipped`: an earlier failure prevented the check.
 */
export type State = 'ok' | 'info' | 'weak' | 'failed' | 'skipped'

/** Advice for an error of the engine without a known reason. */
export const LOG_ADVICE = 'check the log of the engine: journalctl -u docker'

/** One line of the report. */
export interface Check {
  name: string
  state: State
  detail: string
  /** The action to take, in one line, if possible as a command. */
  advice?: string
}

/** The worst state of a report. */
export type Verdict = 'ok' | 'weak' | 'failed'

export function verdictOf (checks: Check[]): Verdict {
  if (checks.some(({ state }) => state === 'failed')) return 'failed'
  return checks.some(({ state }) => state === 'weak') ? 'weak' : 'ok'
}

export function ok (name: string, detail: string): Check {
  return { name, state: 'ok', detail }
}

export function info (name: string, detail: string, advice?: string): Check {
  return { name, state: 'info', detail, ...advice === undefined ? {} : { advice } }
}

export function weak (name: string, detail: string, advice: string): Check {
  return { name, state: 'weak', detail, advice }
}

export function failed (name: string, detail: string, advice: string): Check {
  return { name, state: 'failed', detail, advice }
}

export function skipped (name: string, reason: string): Check {
  return { name, state: 'skipped', detail: reason }
}
