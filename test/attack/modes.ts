import type { Test } from 'tap'

import { bytesOf, stream, type Event } from '../engine/events.js'
import { submission, type Result, type Service } from '../engine/kit.js'
import { Interactive } from '../engine/web-socket.js'
import { probedCases } from './probe.js'

/** One submission of an attack program. */
export interface Submission {
  t: Test
  service: Service
  language: string
  code: string
  stdin: string
  /** Time limit in seconds. */
  time: number
  /** Identifies the log line of the run. */
  requestId: string
}

/** A response: a result, or the body of an error. */
export interface Reply { status: number, result: Result }

interface Mode {
  /** Submits the program and checks what is specific to the mode. Resolves with the result of the program as it is in the mode `plain`. */
  run (submission: Submission): Promise<Reply>
  /** Whether a ready container can serve the run. */
  canWait: boolean
  /** Reason why the mode is not available in a runtime. */
  unavailable?: Partial<Record<string, string>>
}

export type ModeName = 'plain' | 'streamed' | 'cases' | 'outputs' | 'tty'

/** The ways in which a program can be run. */
export const MODES: Record<ModeName, Mode> = {
  plain: { run: runPlain, canWait: true },
  streamed: { run: runStreamed, canWait: true },
  cases: { run: runAsCase, canWait: false },
  outputs: { run: runWithOutputs, canWait: true },
  tty: { run: runOnTerminal, canWait: false, unavailable: { runsc: 'gVisor does not protect the streams of the runner, so interactive runs are invalid' } }
}

// eslint-disable-next-line no-control-regex
const COLORS = /\u001b\[\d+m/g
const MAX_FILES = 32
const MAX_FILES_BYTES = 8_388_608
const GVISOR = process.env.RUNONCE_TEST_RUNTIME === 'runsc'
/** Part of the first line of /etc/passwd. */
const PASSWD = 'root:x:0:0'

function body ({ language, code, stdin, time }: Submission, payload: object = {}) {
  return submission(language, code, { stdin, limits: { time }, ...payload })
}

/**
 * Reports whether the service ended the run, without a result of the runner. Expected only on gVisor, where a program without a process limit may
 * occupy the machine.
 */
function endedByService ({ outcome, memoryPeak, cpuTime }: Result): boolean {
  return GVISOR && outcome === 'timeout' && memoryPeak === null && cpuTime === 0
}

function headers ({ requestId }: Submission) {
  return { 'x-request-id': requestId }
}

async function runPlain (submission: Submission, payload: object = {}): Promise<Reply> {
  const { status, body: result } = await submission.service.post('/run', body(submission, payload), { headers: headers(submission) })
  return { status, result }
}

async function runStreamed (submission: Submission): Promise<Reply> {
  const events: Event[] = []
  for await (const event of stream(submission.service, body(submission), { headers: headers(submission) })) events.push(event)
  return replyOf(submission.t, events)
}

/** Checks the events of a run: the last one is the only result or error, and the others contain the output of the result. */
function replyOf (t: Test, events: Event[]): Reply {
  const last = events.at(-1)
  t.equal(events.filter(({ type }) => type === 'result' || type === 'error').length, 1, 'one result or error')
  if (last?.type === 'error') return { status: 500, result: last as unknown as Result }
  const result = last?.result
  if (result === undefined) throw new Error(`the last event is ${JSON.stringify(last)}`)
  if (endedByService(result)) return { status: 200, result }
  t.equal(result.streamed, !GVISOR, 'events are written while the program runs, except on gVisor')
  if (result.phase === 'run') {
    for (const name of ['stdout', 'stderr'] as const) t.ok(bytesOf(events, name).equals(outputOf(result, name)), `the events contain ${name}`)
  }
  return { status: 200, result }
}

function outputOf (result: Result, name: 'stdout' | 'stderr'): Buffer {
  const exact = result[`${name}Base64`]
  return exact === undefined ? Buffer.from(result[name]) : Buffer.from(exact, 'base64')
}

/** Runs the program as a case between two cases that look for changes. */
async function runAsCase (submission: Submission): Promise<Reply> {
  const { t, service, language, code, stdin, time } = submission
  const { status, body: whole } = await service.post('/run', probedCases(language, code, { stdin, time }), { headers: headers(submission) })
  if (status !== 200 || whole.cases?.length === 0) return { status, result: whole }
  const [before, attacked, after] = whole.cases ?? []
  t.match(before, { outcome: 'completed', error: '' }, 'the previous case succeeds')
  // On gVisor, some processes or sockets may remain, because the processes of a fork bomb may not end in time. The next case then does not
  // start.
  if (GVISOR && /^The runner cannot remove what/.test(after?.error ?? '')) return { status, result: attacked as Result }
  t.match(after, { outcome: 'completed', error: '' }, 'the next case succeeds')
  t.equal(after?.stdout, before?.stdout, 'the next case notices nothing')
  return { status, result: attacked as Result }
}

async function runWithOutputs (submission: Submission): Promise<Reply> {
  const { t } = submission
  const reply = await runPlain(submission, { outputs: ['**'] })
  const { files } = reply.result
  if (reply.status !== 200 || reply.result.phase === 'build' || endedByService(reply.result)) return reply
  t.ok(Array.isArray(files), 'the result contains a list of files')
  const returned = files?.filter(({ content }) => content !== undefined) ?? []
  t.ok(returned.length <= MAX_FILES, `${returned.length} files`)
  t.ok(returned.reduce((sum, { size }) => sum + size, 0) <= MAX_FILES_BYTES, 'the size of all files')
  t.notOk(returned.some(({ content, encoding }) => Buffer.from(content ?? '', encoding).includes(PASSWD)), 'no file of the image')
  t.notOk(files?.some(({ content, truncated }) => content === undefined && !truncated), 'a file without content is truncated')
  t.strictSame(files?.filter(({ name }) => name !== '.').map(({ name }) => name), sorted(files), 'files are in the order of their names')
  return reply
}

/** Names with invalid bytes are compared before these bytes are replaced, so they are not sorted. */
function sorted (files: Result['files'] = []): string[] {
  const names = files.filter(({ name }) => name !== '.').map(({ name }) => name)
  return names.some((name) => name.includes('\uFFFD')) ? names : [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** Runs the program on a pseudo-terminal. Its output is returned without carriage returns, and without the colors that Node writes. */
async function runOnTerminal (submission: Submission): Promise<Reply> {
  const { t, service } = submission
  const run = new Interactive(service, { ...body(submission), tty: true }, headers(submission))
  run.socket.on('open', () => run.send({ type: 'stdinEnd' }))
  await run.closed
  const { status, result } = replyOf(t, run.events as Event[])
  if (status !== 200) return { status, result }
  return { status, result: { ...result, stdout: result.stdout.replaceAll('\r\n', '\n').replace(COLORS, '') } }
}
