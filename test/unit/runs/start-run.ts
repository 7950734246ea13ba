import { foreignRunLimits, runLimits, type RequestedLimits } from '../../../service/protocol/limits.js'
import { Admission } from '../../../service/runs/admission.js'
import type { Exchange, ExchangeEnd, ImageDescription, RunEvents } from '../../../service/runs/ports.js'
import { CodeRunner } from '../../../service/runs/run-code.js'
import { COMPLETED, FakeObserver, FakeSandboxes, healthyNode, languageImage, MAXIMUM, type FakeSandbox } from '../fakes.js'

export const OURS = languageImage('python')
/** The line of a result that the runner writes. */
export const RESULT = `${JSON.stringify(COMPLETED)}\n`

export interface Options {
  image?: ImageDescription
  limits?: RequestedLimits
  signal?: AbortSignal
  streams?: boolean
  events?: RunEvents
  limitsResponse?: 'result' | 'error'
}

/** Runs code in the given containers, in order. */
export function startRun (containers: Array<FakeSandbox | Error>, { image = OURS, limits = {}, streams = false, events, signal = new AbortController().signal, limitsResponse = 'result' }: Options = {}) {
  const admission = new Admission({ concurrency: 1, queueSize: 0, queueTimeoutMs: 1000 })
  const observer = new FakeObserver()
  const sandboxes = new FakeSandboxes(...containers)
  const runner = new CodeRunner({ sandboxes, admission, health: healthyNode, observers: [observer], limitsResponse })
  const effective = image.language === undefined ? foreignRunLimits(limits, MAXIMUM) : runLimits(limits, MAXIMUM, { cases: 0, interactive: false, returnsFiles: false })
  const run = runner.run({ requestId: 'r', tokenName: 'default', image, payload: Buffer.from('{"a":1}'), limits: effective, streams, signal, ...(events === undefined ? {} : { events }) })
  return { run, admission, observer, sandboxes }
}

/** Returns an exchange that ends in this way. */
export function ends (end: ExchangeEnd, stdout = '', stderr = '') {
  return async (): Promise<Exchange> => ({ end, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) })
}
