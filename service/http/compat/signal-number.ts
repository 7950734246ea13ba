import { constants } from 'node:os'

import type { RunResult } from '../../protocol/result.js'

/** The first real-time signal that programs can use. The glibc in the language images reserves 32 and 33 (signal(7)). */
const FIRST_REAL_TIME = 34
const LAST_SIGNAL = 64

/** Converts the signal names of the runner to numbers: `SIGSEGV`, `SIGRTMIN+3`, and `SIG33` for a signal without a name. */
export function signalNumber (name: string): number | undefined {
  if (Object.hasOwn(constants.signals, name)) return constants.signals[name as NodeJS.Signals]
  const [, realTime, digits] = /^SIG(RTMIN\+)?(\d{1,2})$/.exec(name) ?? []
  const number = Number(digits) + (realTime === undefined ? 0 : FIRST_REAL_TIME)
  return number > 0 && number <= LAST_SIGNAL ? number : undefined
}

/** Returns the number of the signal that ended a run. A limit terminates programs with SIGKILL. */
export function endingSignal ({ signal }: RunResult): number {
  return (typeof signal === 'string' ? signalNumber(signal) : undefined) ?? constants.signals.SIGKILL
}
