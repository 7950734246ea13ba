// Interactive runs: input while the program runs.
import t from 'tap'

import { parseEvents, run, start, until } from './kit.js'

/** Starts an interactive run. @param {object} payload @param {Parameters<typeof start>[0]} [options] */
async function interact (payload, options) {
  const { input, ended, stdout, container } = await start({ ...options, env: { RUNONCE_TIME_LIMIT_MS: '60000', ...options?.env } })
  const send = (/** @type {object} */ message) => input.write(`${JSON.stringify(message)}\n`)
  send({ ...payload, interactive: true })
  const text = (/** @type {string} */ type) => parseEvents(stdout().replace(/[^\n]*$/, '')).filter((event) => event.type === type).map((event) => event.text).join('')
  return {
    send,
    input,
    container,
    say: (/** @type {string} */ line) => send({ type: 'stdin', text: line }),
    seen: (/** @type {string} */ wanted, type = 'stdout') => until(() => text(type).includes(wanted)),
    async end () {
      const { stdout: all, code } = await ended
      const last = parseEvents(all).at(-1)
      if (code !== 0 || last?.type !== 'result') throw new Error(`no result: ${code} ${all}`)
      return last.result
    }
  }
}
const sh = (/** @type {string} */ content) => ({ files: [{ name: 'main.sh', content }] })

for (const language of /** @type {const} */ (['shell', 'warm', 'warm-build', 'warm-refuses'])) {
  void t.test(`${language}: a program asks three times and gets its input`, { buffered: true }, async (t) => {
    const code = 'read zero; printf "$zero "; for i in 1 2 3; do printf "name $i? "; read name; echo "hello $name"; done; cat; exit 3'
    const { say, seen, send, end } = await interact({ ...sh(code), stdin: 'zero\n' }, { language })
    for (const i of [1, 2, 3]) {
      await seen(`name ${i}? `)
      say(`ü${i}\n`)
      await seen(`hello ü${i}\n`)
    }
    send({ type: 'stdin', base64: Buffer.from('rest').toString('base64') })
    send({ type: 'stdinEnd' })
    const result = await end()
    t.equal(`${result.outcome} ${result.exitCode} ${result.streamed}`, 'failed 3 true')
    t.equal(result.stdout, `zero ${[1, 2, 3].map((i) => `name ${i}? hello ü${i}\n`).join('')}rest`)
  })
}

void t.test('input that is sent together with the payload is not lost', { buffered: true }, async (t) => {
  const { input, ended } = await start()
  input.end(`${JSON.stringify({ ...sh('cat'), interactive: true })}${JSON.stringify({ type: 'stdin', text: 'at once' })}\n`)
  const { stdout } = await ended
  t.equal(parseEvents(stdout).at(-1)?.result.stdout, 'at once')
})

for (const [user, more] of /** @type {const} */ ([['10001:10001', {}], ['0:0', {}]])) {
  void t.test(`on a terminal, a prompt without a newline arrives immediately, as ${user}`, { buffered: true }, async (t) => {
    const { say, seen, send, end } = await interact({ files: [], command: 'exec /programs/prompt', tty: { columns: 97, rows: 31 } }, { settings: { user, readOnly: true, bare: true, tmpfs: { '/work': 'rw,exec,mode=1777' }, env: { RUNONCE_WORK_DIR: '/work' }, ...more } })
    await seen('size 97x31\r\n')
    for (const i of [1, 2, 3]) {
      await seen(`name ${i}? `)
      say(`n${i}\n`)
    }
    await seen('hello n3\r\n')
    send({ type: 'resize', columns: 40, rows: 12 })
    await seen('size 40x12\r\n')
    say('\u0003')
    const result = await end()
    t.equal(`${result.outcome} ${result.signal} ${result.stderr}`, 'signaled SIGINT ')
    t.match(result.stdout, /name 1\? n1\r\nhello n1\r\n[^]*\^C$/)
  })
}

void t.test('on a terminal, jobs, TERM and the end of input work as usual', { buffered: true }, async (t) => {
  const { seen, send, say, end } = await interact({ files: [], command: 'echo "$TERM"; exec bash --norc -i', tty: { columns: 80, rows: 24 } })
  await seen('xterm-256color')
  say('echo up$((1 + 1)); sleep 50\n')
  await seen('up2')
  say('\u0003')
  say('echo status $?\n')
  await seen('status 130')
  say('cat > /dev/null; stty -a < /dev/tty | grep -o iutf8; exit 7\n')
  await seen('exit 7')
  await new Promise((resolve) => setTimeout(resolve, 300))
  say('line without newline')
  send({ type: 'stdinEnd' })
  say('ignored\n')
  const result = await end()
  t.equal(`${result.outcome} ${result.exitCode}`, 'failed 7')
  t.match(result.stdout, /line without newlineiutf8\r\n/)
  t.notMatch(result.stdout, /ignored|no job control|cannot set terminal/)
})

for (const [signal, expected] of /** @type {const} */ ([['INT', 'failed 5'], ['TERM', 'signaled SIGTERM'], ['KILL', 'signaled SIGKILL']])) {
  void t.test(`the signal ${signal} reaches the program's process group`, { buffered: true }, async (t) => {
    const { seen, send, end } = await interact(sh("trap 'exit 5' INT; sleep 99 & echo on; wait"))
    await seen('on')
    send({ type: 'signal', signal: 'HUP' })
    send({ type: 'signal', signal })
    const result = await end()
    t.equal(`${result.outcome} ${result.exitCode ?? result.signal}`, expected)
  })
}

void t.test('an interactive run without input and output ends at the idle limit, or at the total limit', { buffered: true }, async (t) => {
  const idle = await interact({ ...sh('for i in 1 2 3 4; do echo $i; sleep 0.3; done; read line; echo "$line"; sleep 99'), limits: { idle: 1 } })
  await idle.seen('4')
  await new Promise((resolve) => setTimeout(resolve, 600))
  idle.say('late\n')
  const result = await idle.end()
  t.equal(`${result.outcome} ${result.error} ${result.stdout}`, 'timeout No input or output for 1 seconds 1\n2\n3\n4\nlate\n')
  t.ok(result.duration >= 2.5e9, `${result.duration}`)
  const total = await interact({ ...sh('while :; do echo .; sleep 0.1; done'), limits: { idle: 5, total: 0.8 } })
  t.match(await total.end(), { outcome: 'timeout', error: 'Total time limit of 0.8 s exceeded' })
})

void t.test('the end of the service\'s side ends the input of the program', { buffered: true }, async (t) => {
  const { seen, input, end } = await interact(sh('echo on; cat; echo end'))
  await seen('on')
  input.end()
  t.equal((await end()).stdout, 'on\nend\n')
})

void t.test('a program cannot reach the streams of an interactive run', { buffered: true }, async (t) => {
  for (const tty of [undefined, { columns: 80, rows: 24 }]) {
    const { end } = await interact({ files: [], command: 'for fd in 0 1 2 3 4 5 6 7 8 9 10 11 12; do echo forged > /proc/1/fd/$fd; done 2> /dev/null; exec /programs/peek', tty })
    const result = await end()
    t.equal(result.stdout.match(/: (EPERM|EACCES)\r?$/gm)?.length, 9, result.stdout)
  }
})

void t.test('combinations that are not possible are invalid', { buffered: true }, async (t) => {
  for (const [more, error] of /** @type {const} */ ([
    [{ tty: { columns: 80, rows: 24 } }, 'tty: is only possible with interactive'],
    [{ interactive: 1 }, 'interactive: must be a boolean'],
  ])) {
    const { result } = await run({ ...sh(''), ...more })
    t.equal(`${result.outcome} ${result.error}`, `invalid ${error}`)
  }
  for (const [more, error] of /** @type {const} */ ([
    [{ tty: { columns: 0, rows: 24 } }, 'tty: must be an object with columns and rows, integers from 1 to 65535'],
    [{ cases: [{}] }, 'cases: are not possible with interactive'],
    [{ limits: { idle: -1 } }, 'limits.idle: must be a number of seconds greater than 0']
  ])) {
    const { end } = await interact({ ...sh(''), ...more })
    t.match(await end(), { outcome: 'invalid', error })
  }
})
