import t, { type Test } from 'tap'

import { needImages, startService, submission, type Result } from './kit.js'
import { endedAtLimit } from './patience.js'

const MIB = 1024 * 1024
/** The default time limit of the service, in nanoseconds. */
const TIME_LIMIT_NS = 10e9

/** A program for each outcome, with expected fields of the result. */
interface Case { code: string, expected: object, payload?: object }

const python: Record<string, Case> = {
  completed: { code: 'import sys\nprint("out")\nprint("err", file=sys.stderr)', expected: { stdout: 'out\n', stderr: 'err\n', error: '', exitCode: 0, signal: null, stdoutBytes: 4, stderrBytes: 4 } },
  failed: { code: 'print("before", flush=True)\nraise SystemExit(3)', expected: { stdout: 'before\n', error: 'Exit code: 3', exitCode: 3, signal: null } },
  signaled: { code: 'import os, signal\nprint("before", flush=True)\nos.kill(os.getpid(), signal.SIGSEGV)', expected: { stdout: 'before\n', error: /SIGSEGV/, exitCode: null, signal: 'SIGSEGV' } },
  timeout: { code: 'print("before", flush=True)\nwhile True: pass', payload: { limits: { time: 4 } }, expected: { stdout: 'before\n', error: /./, exitCode: null } },
  output_limit: { code: 'while True: print("0123456789")', payload: { limits: { output: 1000 } }, expected: { stdout: '0123456789\n'.repeat(91).slice(0, 1000), stdoutTruncated: true, error: /./ } },
  out_of_memory: { code: 'print("before", flush=True)\nx = [b"x" * 10_000_000 for _ in range(100)]', expected: { stdout: 'before\n', error: /./ } },
  build_failed: { code: 'print("never")', payload: { runInstructions: { buildCommands: ['echo building', 'echo broken >&2; exit 2'], runCommand: 'python3 main.py' } }, expected: { stdout: 'building\n', stderr: 'broken\n', error: /./, build: { exitCode: 2, stdout: 'building\n', stderr: 'broken\n' }, phase: 'build' } }
}

const HEADERS = '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <signal.h>\n#include <unistd.h>\n'
const c: Record<string, Case> = {
  completed: { code: `${HEADERS}int main(void) { puts("out"); fputs("err\\n", stderr); return 0; }`, expected: { stdout: 'out\n', stderr: 'err\n', error: '', exitCode: 0, signal: null } },
  failed: { code: `${HEADERS}int main(void) { puts("before"); return 3; }`, expected: { stdout: 'before\n', error: 'Exit code: 3', exitCode: 3 } },
  signaled: { code: `${HEADERS}int main(void) { puts("before"); fflush(stdout); volatile int *nowhere = 0; return *nowhere; }`, expected: { stdout: 'before\n', error: /SIGSEGV/, exitCode: null, signal: 'SIGSEGV' } },
  timeout: { code: `${HEADERS}int main(void) { puts("before"); fflush(stdout); for (;;) pause(); }`, payload: { limits: { time: 4 } }, expected: { stdout: 'before\n', error: /./, exitCode: null } },
  output_limit: { code: `${HEADERS}int main(void) { for (;;) puts("0123456789"); }`, payload: { limits: { output: 1000 } }, expected: { stdout: '0123456789\n'.repeat(91).slice(0, 1000), stdoutTruncated: true } },
  out_of_memory: { code: `${HEADERS}int main(void) { puts("before"); fflush(stdout); for (;;) memset(malloc(1 << 20), 1, 1 << 20); }`, expected: { stdout: 'before\n', error: /./ } },
  build_failed: { code: 'int main(void) { return nothing; }\n', expected: { stderr: /main\.c:1:\d+: error: .*nothing/, build: { stderr: /main\.c:1/ } } }
}

void t.test('outcomes of programs', async (t) => {
  await needImages('python', 'c')
  const service = await startService(t)
  for (const [language, cases] of Object.entries({ python, c })) {
    for (const [outcome, { code, payload, expected }] of Object.entries(cases)) {
      await t.test(`${language}: ${outcome}, with the output written earlier`, async (t) => {
        const result = await service.run(language, code, payload)
        t.equal(result.outcome, outcome)
        t.match(result, expected)
        isWhole(t, result)
      })
    }

    await t.test(`${language}: invalid, for a language that the image does not support`, async (t) => {
      const result = await service.run(language, 'anything', { language: 'klingon' })
      t.match(result, { outcome: 'invalid', stdout: '', error: /./ })
      isWhole(t, result)
    })
  }

  await t.test('a program that writes a byte every 0.3 s is killed at the time limit', async (t) => {
    const code = 'import sys, time\nwhile True:\n    sys.stdout.write("."); sys.stdout.flush(); time.sleep(0.3)'
    const result = await service.run('python', code, { limits: { time: 2 } })
    endedAtLimit(t, result, 2)
    t.match(result.stdout, /^\.+$/)
  })

  await t.test('1 MiB of input and 1 MiB of output at the same time do not cause a deadlock', async (t) => {
    const stdin = '0123456789abcde\n'.repeat(MIB / 16)
    const cat = 'import sys\nfor line in sys.stdin: sys.stdout.write(line)'
    const { outcome, stdout } = await service.run('python', cat, { stdin })
    t.equal(outcome, 'completed')
    t.ok(stdout === stdin, 'the output is complete')
  })

  await t.test('a program may ignore 1 MiB of stdin', async (t) => {
    t.match(await service.run('python', 'print("done")', { stdin: 'x'.repeat(MIB) }), { outcome: 'completed', stdout: 'done\n' })
  })

  await t.test('output with an invalid UTF-8 byte is complete, in base64', async (t) => {
    const result = await service.run('python', 'import sys\nsys.stdout.buffer.write(b"a\\xffb")\nsys.stderr.buffer.write(b"\\xc3")')
    t.match(result, { outcome: 'completed', stdout: 'a\ufffdb', stderr: '\ufffd', stdoutBytes: 3, stderrBytes: 1 })
    t.strictSame(Buffer.from(result.stdoutBase64 ?? '', 'base64'), Buffer.from('a\xffb', 'latin1'))
    t.strictSame(Buffer.from(result.stderrBase64 ?? '', 'base64'), Buffer.from('\xc3', 'latin1'))
  })

  await t.test('the result of valid UTF-8 output does not have base64 fields', async (t) => {
    const result = await service.run('python', 'print("é")')
    t.notOk('stdoutBase64' in result)
    t.notOk('stderrBase64' in result)
  })

  await t.test('stdout and stderr share the output limit', async (t) => {
    const code = 'import os\nos.write(1, b"o" * 600)\nos.write(2, b"e" * 600)\nimport time; time.sleep(30)'
    const result = await service.run('python', code, { limits: { output: 1000 } })
    t.match(result, { outcome: 'output_limit', stdout: 'o'.repeat(600), stderr: 'e'.repeat(400), stdoutTruncated: false, stderrTruncated: true })
  })

  await t.test('the result reports memory and CPU time', async (t) => {
    const { memoryPeak, cpuTime, duration } = await service.run('python', 'x = b"x" * 50_000_000\nimport time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass')
    t.ok(memoryPeak === null || (memoryPeak > 50e6 && memoryPeak < 256 * MIB), `${memoryPeak} bytes`)
    t.ok(cpuTime >= 0.3e9 && cpuTime < TIME_LIMIT_NS, `${cpuTime} ns of CPU`)
    t.ok(duration >= 0.3e9, `${duration} ns`)
  })

  await t.test('a program that exits with 137 has the outcome failed, not out_of_memory', async (t) => {
    t.match(await service.run('python', 'raise SystemExit(137)'), { outcome: 'failed', exitCode: 137 })
  })

  await t.test('a program completes even if the kernel killed its child process for lack of memory', async (t) => {
    const code = 'import subprocess, sys\np = subprocess.run([sys.executable, "-c", "x = [b\'x\' * 10_000_000 for _ in range(100)]"])\nprint(p.returncode)'
    t.match(await service.run('python', code), { outcome: 'completed', stdout: '-9\n' })
  })
})

void t.test('limits in a request', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '3', RUN_MAX_OUTPUT_SIZE: '2000' } })
  const nap = 'import time\ntime.sleep(30)'
  const chatter = 'print("x" * 5000)'
  const seconds: Array<[title: string, payload: object, beside: object | undefined, expected: number]> = [
    ['at the top level applies if it is stricter', { limits: { time: 2.9 } }, { time: 0.5 }, 0.5],
    ['in the payload applies if it is stricter', { limits: { time: 0.5 } }, { time: 2.9 }, 0.5],
    ['above the limit of the service has no effect', { limits: { time: 30 } }, { time: 60 }, 3]
  ]
  for (const [title, payload, limits, expected] of seconds) {
    await t.test(`time ${title}`, async (t) => {
      const { body } = await service.post('/run', { ...submission('python', nap, payload), ...(limits === undefined ? {} : { limits }) })
      endedAtLimit(t, body, expected)
    })
  }
  for (const [inPayload, beside, expected] of [[100, 50, 50], [50, 100, 50], [9000, 9000, 2000]]) {
    await t.test(`output of ${inPayload} bytes in the payload and ${beside} at the top level is ${expected}`, async (t) => {
      const { body } = await service.post('/run', { ...submission('python', chatter, { limits: { output: inPayload } }), limits: { output: beside } })
      t.match(body, { outcome: 'output_limit' })
      t.equal(body.stdout.length, expected)
    })
  }

  await t.test('a build is killed at buildTime, before the time limit', async (t) => {
    const runInstructions = { buildCommands: ['echo began; sleep 30'], runCommand: 'true' }
    const result = await service.run('python', '', { runInstructions, limits: { buildTime: 0.3 } })
    t.equal(result.outcome, 'timeout')
    t.match(result.stdout, 'began')
    endedAtLimit(t, { ...result, duration: result.build?.duration ?? 0 }, 0.3)
  })

  await t.test('build and run share the time limit', async (t) => {
    const runInstructions = { buildCommands: ['sleep 1.5'], runCommand: 'sleep 30' }
    const { outcome, duration, build } = await service.run('python', '', { runInstructions })
    t.equal(outcome, 'timeout')
    t.ok(duration < 3e9, `the time limit of the run is reduced by the duration of the build: ${duration} ns after ${build?.duration} ns`)
  })
})

void t.test('RUN_LIMITS_RESPONSE=error reports limits as glot does', async (t) => {
  const service = await startService(t, { env: { RUN_LIMITS_RESPONSE: 'error', RUN_MAX_EXECUTION_TIME: '5', RUN_MAX_OUTPUT_SIZE: '1000' } })
  const timeout = await service.post('/run', submission('python', 'print("kept", flush=True)\nwhile True: pass'))
  t.equal(timeout.status, 400)
  t.match(timeout.body, { error: 'limits.execution_time', message: /./, result: { stdout: 'kept\n', outcome: 'timeout' } })
  const chatter = await service.post('/run', submission('python', 'print("x" * 5000)'))
  t.equal(chatter.status, 400)
  t.match(chatter.body, { error: 'limits.read.size', message: /./, result: { stdout: 'x'.repeat(1000), outcome: 'output_limit' } })
  t.match(await service.run('python', 'raise SystemExit(1)'), { outcome: 'failed' }, 'a program that fails still produces a result')
})

/** Asserts that the result has all members of the protocol with the correct types. */
function isWhole (t: Test, result: Result): void {
  t.match(result, {
    stdout: String,
    stderr: String,
    error: String,
    outcome: String,
    stdoutTruncated: Boolean,
    stderrTruncated: Boolean,
    phase: /^(build|run)$/
  })
  for (const member of ['duration', 'stdoutBytes', 'stderrBytes', 'cpuTime'] as const) t.ok(Number.isInteger(result[member]), member)
  for (const member of ['exitCode', 'signal', 'memoryPeak']) t.ok(member in result, member)
}

void t.test('a compiler\'s warning is in build.stderr, not in stderr', async (t) => {
  await needImages('c')
  const service = await startService(t)
  const result = await service.run('c', '#include <stdio.h>\nint main(void) { int unused; puts("ran"); return 0; }')
  t.match(result, { stdout: 'ran\n', stderr: '', outcome: 'completed', build: { exitCode: 0, stderr: /main\.c:2:\d+: warning: unused variable/ } })
})
