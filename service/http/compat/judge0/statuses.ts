import { constants } from 'node:os'

/** The statuses of Judge0, by the keys that this folder uses. */
export const STATUS = {
  inQueue: 1,
  processing: 2,
  accepted: 3,
  wrongAnswer: 4,
  timeLimitExceeded: 5,
  compilationError: 6,
  nonZeroExitCode: 11,
  otherError: 12,
  internalError: 13
} as const

export const STATUSES = [
  'In Queue', 'Processing', 'Accepted', 'Wrong Answer', 'Time Limit Exceeded', 'Compilation Error', 'Runtime Error (SIGSEGV)',
  'Runtime Error (SIGXFSZ)', 'Runtime Error (SIGFPE)', 'Runtime Error (SIGABRT)', 'Runtime Error (NZEC)', 'Runtime Error (Other)',
  'Internal Error', 'Exec Format Error'
].map((description, index) => ({ id: index + 1, description }))

const { SIGSEGV, SIGXFSZ, SIGFPE, SIGABRT } = constants.signals
const SIGNAL_STATUS = new Map<number, number>([[SIGSEGV, 7], [SIGXFSZ, 8], [SIGFPE, 9], [SIGABRT, 10]])

export function statusOfSignal (signal: number): number {
  return SIGNAL_STATUS.get(signal) ?? STATUS.otherError
}

/** Whether a submission has not been run yet. */
export function isPending (statusId: number): boolean {
  return statusId === STATUS.inQueue || statusId === STATUS.processing
}
