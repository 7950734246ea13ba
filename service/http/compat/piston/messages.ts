import { invalidRequest, type ServiceError } from '../../../errors.js'
import type { RunEvent } from '../../../protocol/event-decoder.js'
import { encodeInput } from '../../../protocol/input-messages.js'
import type { RunResult } from '../../../protocol/result.js'
import { parseMessage } from '../../interactive/messages.js'
import { endedInBuild } from '../payload-run.js'
import { eventText } from '../interleaved-output.js'
import { signalNumber } from '../signal-number.js'
import { reasonOf } from './response.js'

type Closing = readonly [code: number, reason: string]

/** The close codes of Piston. */
export const CLOSE = {
  alreadyInitialized: [4000, 'Already Initialized'],
  initTimeout: [4001, 'Initialization Timeout'],
  notifiedError: [4002, 'Notified Error'],
  notInitialized: [4003, 'Not yet initialized'],
  onlyStdin: [4004, 'Can only write to stdin'],
  invalidSignal: [4005, 'Invalid signal'],
  completed: [4999, 'Job Completed']
} as const satisfies Record<string, Closing>

/** The signals that the runner can send. It ignores the others. */
const SIGNALS = new Map([['SIGINT', 'INT'], ['SIGTERM', 'TERM'], ['SIGKILL', 'KILL']])

/** Returns the error for a message that closes the socket. */
export function closing ([closeCode, reason]: Closing): ServiceError {
  return invalidRequest(reason, { details: { closeCode } })
}

export function json (message: object): Buffer {
  return Buffer.from(JSON.stringify(message))
}

/** Returns the lines that the container reads. Like Piston, ignores messages of other types. @throws ServiceError */
export function inputLines (message: Buffer): string {
  const { type, stream, data, signal } = parseMessage(message)
  switch (type) {
    case 'init': throw closing(CLOSE.alreadyInitialized)
    case 'data':
      if (stream !== 'stdin') throw closing(CLOSE.onlyStdin)
      if (typeof data !== 'string') throw invalidRequest('data must be a string')
      return encodeInput({ type: 'stdin', text: data })
    case 'signal': return signalLine(signal)
    default: return ''
  }
}

function signalLine (name: unknown): string {
  if (typeof name !== 'string' || signalNumber(name) === undefined) throw closing(CLOSE.invalidSignal)
  const signal = SIGNALS.get(name)
  return signal === undefined ? '' : encodeInput({ type: 'signal', signal })
}

/** Returns the messages for an event of a run. The exit of a failed build follows with the result. */
export function eventMessages (event: RunEvent): Buffer[] {
  switch (event.type) {
    case 'stdout':
    case 'stderr': return [dataMessage(event.type, eventText(event))]
    case 'build': return buildMessages(JSON.parse(event.json.toString('utf8')))
    case 'case': return []
  }
}

function buildMessages ({ build }: Required<Pick<RunResult, 'build'>>): Buffer[] {
  const outputs = (['stdout', 'stderr'] as const).filter((stream) => build[stream] !== '').map((stream) => dataMessage(stream, build[stream]))
  if (build.exitCode !== 0) return outputs
  return [...outputs, json({ type: 'exit', stage: 'compile', code: 0, signal: null }), json({ type: 'stage', stage: 'run' })]
}

function dataMessage (stream: 'stdout' | 'stderr', data: string): Buffer {
  return json({ type: 'data', stream, data })
}

/** Returns the message that a stage has ended: the run, or the build if it failed. */
export function exitMessage (result: RunResult): Buffer {
  const failed = endedInBuild(result)
  const exitCode = failed ? result.build?.exitCode ?? null : result.exitCode ?? null
  const { code, signal } = reasonOf({ ...result, exitCode }, result.outcome === 'timeout')
  return json({ type: 'exit', stage: failed ? 'compile' : 'run', code, signal })
}
