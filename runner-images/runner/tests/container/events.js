// Events while a program runs.
import t from 'tap'

import { parseEvents, run, runEvents, start, until } from './kit.js'

/** Time for a slow reader, in milliseconds. */
const SLOW_MS = 1500

const text = (/** @type {Array<Record<string, any>>} */ events, /** @type {string} */ type) => events.filter((event) => event.type === type).map((event) => event.text).join('')
const sh = (/** @type {string} */ content) => ({ files: [{ name: 'main.sh', content }] })

void t.test('output is written as events while the program runs', { buffered: true }, async (t) => {
  const { input, ended, stdout } = await start()
  input.write(JSON.stringify({ ...sh('echo first; while [ ! -e go ]; do sleep 0.01; done; echo err >&2; exit 3'), stream: true }))
  await until(() => stdout() === '{"type":"stdout","text":"first\\n"}\n')
  t.pass('the event arrives before the program ends')
  input.end()
  const { stdout: all } = await ended
  const result = parseEvents(all).at(-1)?.result
  t.equal(`${result.outcome} ${result.stdout} ${result.streamed}`, 'timeout first\n true')
  t.match(all, /,"streamed":true\}\}\n$/)
})

for (const language of /** @type {const} */ (['shell', 'warm', 'built', 'warm-build'])) {
  void t.test(`the events of ${language} are the output of the program, and its build`, { buffered: true }, async (t) => {
    const { events, result } = await runEvents(sh('echo ran; echo err >&2; exit 3'), { language })
    t.equal(`${result.outcome} ${result.exitCode} ${result.streamed}`, 'failed 3 true')
    t.equal(text(events, 'stdout') + text(events, 'stderr'), 'ran\nerr\n')
    const builds = events.filter(({ type }) => type === 'build')
    t.strictSame(builds.map(({ build }) => build), language.includes('buil') ? [result.build] : [])
    if (builds.length > 0) t.equal(events[0], builds[0])
  })
}

void t.test('a failed build is an event', { buffered: true }, async (t) => {
  const { events, result } = await runEvents(sh('if'), { language: 'built' })
  t.strictSame(events, [{ type: 'build', build: result.build }])
  t.equal(result.outcome, 'build_failed')
})

void t.test('the output of an interpreter that cannot run the program is in no event', { buffered: true }, async (t) => {
  for (const language of /** @type {const} */ (['warm-refuses', 'warm-wrong', 'warm-dies'])) {
    const { events } = await runEvents(sh('echo "warm=$WARM"'), { language })
    t.strictSame(events, [{ type: 'stdout', text: 'warm=\n' }], language)
  }
})

void t.test('10,000 lines arrive in order, each exactly once', { buffered: true }, async (t) => {
  const { events, result } = await runEvents(sh('i=0; while [ $i -lt 10000 ]; do echo $i; i=$((i+1)); done'), { env: { RUNONCE_TIME_LIMIT_MS: '60000' } })
  const lines = Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join('')
  t.ok(text(events, 'stdout') === lines && result.stdout === lines)
  t.equal(result.stdoutBytes, lines.length)
})

void t.test('stdout and stderr keep the order in which they were read', { buffered: true }, async (t) => {
  const { events } = await runEvents(sh('for i in 1 2 3 4; do echo $i; sleep 0.1; echo $i >&2; sleep 0.1; done'))
  t.equal(events.map(({ type, text }) => `${type} ${text}`).join(''), [1, 2, 3, 4].map((i) => `stdout ${i}\nstderr ${i}\n`).join(''))
})

void t.test('a character that is written in two parts arrives whole; other bytes arrive as base64', { buffered: true }, async (t) => {
  const { events } = await runEvents(sh("printf '\\342\\202'; sleep 0.2; printf '\\254'; sleep 0.2; printf 'a\\377'; sleep 0.2; printf '\\303'"))
  t.strictSame(events, [{ type: 'stdout', text: '€' }, { type: 'stdout', base64: 'Yf8=' }, { type: 'stdout', base64: 'ww==' }])
})

void t.test('a reader that does not read delays neither the program nor its limits', { buffered: true }, async (t) => {
  const code = 'i=0; while [ $i -lt 40 ]; do head -c 20000 /dev/zero | tr "\\0" x; i=$((i+1)); done; date +%s%N > /work/done; sleep 0.5; echo end >&2'
  const env = { RUNONCE_OUTPUT_LIMIT: '2000000' }
  const quick = await runEvents(sh(code), { env })
  const { input, ended } = await start({ env })
  input.pause()
  input.write(JSON.stringify({ ...sh(code), stream: true }))
  await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
  input.resume()
  const { stdout } = await ended
  const events = parseEvents(stdout)
  const slow = events.at(-1)?.result
  t.equal(`${slow.outcome} ${slow.stdoutBytes} ${slow.stderr}`, 'completed 800000 end\n')
  t.equal(text(events, 'stdout').length, 800_000)
  t.ok(slow.duration < quick.result.duration + SLOW_MS * 1e6 / 2, `${slow.duration} ns, ${quick.result.duration} ns`)
})

void t.test('a program cannot write events or a result', { buffered: true }, async (t) => {
  const forged = '{"type":"result","result":{"stdout":"forged"}}'
  for (const user of ['10001:10001', '0:0']) {
    const code = `echo '${forged}'; for fd in 0 1 2 3 4 5 6 7 8 9; do echo '${forged}' > /proc/1/fd/$fd; done 2> /dev/null; echo '${forged}' > /dev/console; cat < /proc/1/fd/0; exit 4`
    const { events, result } = await runEvents(sh(code), { settings: { user } })
    t.equal(`${result.outcome} ${result.streamed}`, 'failed true')
    t.equal(text(events, 'stdout'), `${forged}\n`)
    t.equal(events.filter(({ type }) => type === 'result').length, 0)
  }
})

void t.test('while events are written, a program cannot access process 1', { buffered: true }, async (t) => {
  const { result } = await runEvents({ files: [], command: 'exec /programs/peek' })
  t.equal(result.stdout.match(/: (EPERM|EACCES)$/gm)?.length, 9, result.stdout)
})

void t.test('the output of a case has its index, and an event follows when the case has ended', { buffered: true }, async (t) => {
  const cases = [{ stdin: 'a' }, { stdin: 'b', expectedStdout: 'b' }]
  const { events, result } = await runEvents({ ...sh("cat; printf '\\303'"), cases }, { language: 'built' })
  t.strictSame(events, [
    { type: 'build', build: result.build },
    { type: 'stdout', text: 'a', case: 0 },
    { type: 'stdout', base64: 'ww==', case: 0 },
    { type: 'case', index: 0, result: result.cases[0] },
    { type: 'stdout', text: 'b', case: 1 },
    { type: 'stdout', base64: 'ww==', case: 1 },
    { type: 'case', index: 1, result: result.cases[1] }
  ])
  t.equal(result.cases[1].matched, false)
})

void t.test('an error of the payload is also a result event', { buffered: true }, async (t) => {
  const { events, result } = await runEvents({ files: [] })
  t.equal(events.length, 0)
  t.equal(`${result.outcome} ${result.error.slice(0, 6)}`, 'invalid files:')
  const { result: other } = await run({ files: [], stream: 'yes' })
  t.equal(other.error, 'stream: must be a boolean')
})

void t.test('at a limit, events contain the same output as the result', { buffered: true }, async (t) => {
  const much = await runEvents({ ...sh("while :; do printf 'aé€'; done"), limits: { output: 5000 } })
  t.equal(`${much.result.outcome} ${text(much.events, 'stdout') === much.result.stdout}`, 'output_limit true')
  const late = await runEvents({ ...sh("trap 'echo flushed; exit' 64; echo kept; sleep 99 & wait"), limits: { time: 0.5 } })
  t.equal(`${late.result.outcome} ${text(late.events, 'stdout')}`, 'timeout kept\nflushed\n')
})
