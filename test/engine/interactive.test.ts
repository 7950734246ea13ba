import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import t from 'tap'

import { needImages, startService, submission, TOKEN, until } from './kit.js'
import { interactiveExample } from './page-examples.js'
import { PATIENCE } from './patience.js'
import { Interactive } from './web-socket.js'

const MIB = 1024 * 1024
const WARM = { POOL_MAX: '2', POOL_IMAGES: 'runonce/python:latest' }
/** Maximum time of a round on a busy machine, in milliseconds. */
const ROUND_MS = 50 * PATIENCE
const THREE_ROUNDS = `
for n in range(3):
    name = input(f"{n}? ")
    print("Hello", name)
print("done")
`

void t.before(() => needImages('python', 'c'))

for (const pooled of [false, true]) {
  void t.test(`the prompts of a python program arrive and can be answered in a ${pooled ? 'ready' : 'new'} container`, async (t) => {
    const service = await startService(t, { env: pooled ? WARM : {} })
    if (pooled) await service.running(1)
    const run = new Interactive(service, submission('python', THREE_ROUNDS))
    await run.shows('0? ')
    const times = [await run.ask('Ada\n', 'Hello Ada\n1? '), await run.ask('grüße\n', 'Hello grüße\n2? '), await run.ask('x\n', 'done\n')]
    t.ok(Math.min(...times) < ROUND_MS, `a round takes ${times.map(Math.round).join(', ')} ms`)
    t.match(await run.result(), { outcome: 'completed', exitCode: 0, stdout: run.output, streamed: true })
  })
}

void t.test('with a terminal, the prompt of a C program arrives without a newline, and all output is stdout', async (t) => {
  const service = await startService(t)
  const code = `#include <stdio.h>
#include <unistd.h>
int main(void) { char name[80]; printf("%d Name? ", isatty(0) + isatty(1) + isatty(2)); scanf("%79s", name); fprintf(stderr, "Hello %s\\n", name); return 0; }`
  const run = new Interactive(service, { ...submission('c', code), tty: true })
  await run.shows('3 Name? ')
  run.send({ type: 'stdin', text: 'Ada\n' })
  t.match(await run.result(), { outcome: 'completed', stdout: /Hello Ada\r\n$/, stderr: '' })
})

void t.test('the window has the requested size, and a change of the size reaches the program', async (t) => {
  const service = await startService(t)
  const code = `
import os, signal
show = lambda *_: print(*os.get_terminal_size(), flush=True)
signal.signal(signal.SIGWINCH, show)
show()
input()`
  const run = new Interactive(service, { language: 'python', code, tty: { columns: 100, rows: 30 } })
  await run.shows('100 30\r\n')
  run.send({ type: 'resize', columns: 120, rows: 40 })
  await run.shows('120 40\r\n')
  run.send({ type: 'stdin', text: '\n' })
  t.match(await run.result(), { outcome: 'completed' })
})

void t.test('Ctrl-C, a signal and the end of the input reach the program', async (t) => {
  const service = await startService(t)
  const code = `
import sys
try:
    print("ready", flush=True)
    print(len(sys.stdin.read()))
except KeyboardInterrupt:
    print("interrupted")`
  const cases: Array<[boolean, object, string]> = [
    [true, { type: 'stdin', text: '\u0003' }, 'interrupted'], [false, { type: 'signal', signal: 'INT' }, 'interrupted'], [false, { type: 'stdinEnd' }, '0']
  ]
  for (const [tty, message, expected] of cases) {
    const run = new Interactive(service, { language: 'python', code, tty })
    await run.shows(tty ? 'ready\r\n' : 'ready\n')
    run.send(message)
    t.match(await run.result(), { outcome: 'completed', stdout: new RegExp(expected) })
  }
  const killed = new Interactive(service, { language: 'python', code })
  await killed.shows('ready\n')
  killed.send({ type: 'signal', signal: 'KILL' })
  t.match(await killed.result(), { outcome: 'signaled', signal: 'SIGKILL' })
})

void t.test('input that is larger than every buffer arrives in order, while the program starts late', async (t) => {
  const service = await startService(t)
  const code = 'import hashlib, sys, time; print("up", flush=True); time.sleep(1); print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
  const run = new Interactive(service, { language: 'python', code })
  await run.shows('up\n')
  const hash = createHash('sha256')
  for (let n = 0; n < 64; n++) {
    const line = `${n} ${'ü'.repeat(60_000)}\n`
    hash.update(line)
    run.send({ type: 'stdin', text: line })
  }
  run.send({ type: 'stdinEnd' })
  t.match(await run.result(), { outcome: 'completed', stdout: `up\n${hash.digest('hex')}\n` })
})

void t.test('closing the socket ends the container, also while the program does not read', async (t) => {
  const service = await startService(t)
  for (const flood of [false, true]) {
    const run = new Interactive(service, { language: 'python', code: 'import time; print("up", flush=True); time.sleep(100)' })
    await run.shows('up\n')
    await service.running(1)
    if (flood) run.send({ type: 'stdin', text: 'x'.repeat(500_000) })
    run.socket.close()
    await until(async () => (await service.containers()).length === 0, 'the removal of the container')
  }
})

void t.test('an idle run and a run at its time limit end with a timeout', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_IDLE_TIME: '1', RUN_MAX_EXECUTION_TIME: '1' } })
  const idle = new Interactive(service, { language: 'python', code: 'print("up", flush=True); input()' })
  t.match(await idle.result(), { outcome: 'timeout', error: /^No input or output for 1 s/, stdout: 'up\n' })
  const busy = new Interactive(service, { language: 'python', code: 'import time\nwhile True: print(1, flush=True); time.sleep(0.2)', limits: { time: 2.5 } })
  const { outcome, duration } = await busy.result()
  t.equal(outcome, 'timeout')
  t.ok(duration > 2e9, `the limit of the run applies instead of RUN_MAX_EXECUTION_TIME: ${duration} ns`)
})

void t.test('limits.memory applies to an interactive run', async (t) => {
  const service = await startService(t)
  const run = new Interactive(service, { language: 'python', code: 'print(len(b"x" * (100 << 20)))', limits: { memory: 64 * MIB } })
  t.match(await run.result(), { outcome: 'out_of_memory' })
})

void t.test('a stop ends interactive runs with the error overloaded', async (t) => {
  const service = await startService(t)
  const run = new Interactive(service, { language: 'python', code: 'print("up", flush=True); input()' })
  await run.shows('up\n')
  const startedAt = performance.now()
  t.equal(await service.stop(), 0)
  t.ok(performance.now() - startedAt < 5000 * PATIENCE, 'the stop does not wait for the user')
  t.equal(await run.closed, 1013)
  t.match(run.events.at(-1), { type: 'error', error: 'overloaded' })
})

void t.test('the Node example in docs/api.md works', async (t) => {
  const service = await startService(t)
  const child = execFile(process.execPath, ['--input-type=module', '-e', interactiveExample('js', service.url)], { env: { PATH: process.env.PATH, TOKEN } })
  child.stdin?.end('Ada\n')
  t.equal(await text(child.stdout as Readable), 'Name? Hello Ada\ncompleted\n')
})
