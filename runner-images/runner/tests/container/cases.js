// Cases: nothing that one case leaves can be noticed in the next one.
import t from 'tap'

import { endedAtLimit, run, runEvents, STRICT } from './kit.js'

const SMALL = { ...STRICT, tmpfs: { '/work': 'rw,exec,mode=1777,size=32m', '/tmp': 'rw,mode=1777,size=16m', '/var/tmp': 'rw,mode=1777', '/home/second': 'rw,mode=1777', '/scratch': 'rw,mode=1777', '/scratch/fixed': 'ro,mode=755,size=1m' }, env: { RUNONCE_WORK_DIR: '/work', HOME: '/home/second' } }
const PLAIN = { user: '10001:10001', memoryMib: 256, env: { HOME: '/home/second' } }

/** Lists everything that a program can notice: files, their modes, contents and times, used space, processes and System V objects. */
const LOOK = `look () {
  [ -d /scratch ] && ls -l /scratch
  find /work /tmp /var/tmp /home/second /run/lock /dev/shm /dev/mqueue ! -path /tmp ! -path /var/tmp ! -path /run/lock ! -path /dev/shm ! -path /dev/mqueue ! -path /work ! -path /home/second \\
    -printf '%p %y %m %s %T@ %l\\n' | sort
  find /work -type f -exec cksum {} + | sort
  stat -c '%n %a' /work /tmp /var/tmp /home/second
  df -k -t tmpfs --output=used,target
  set -- /proc/[0-9]*; echo "$# processes"
  cat /proc/sysvipc/* | awk '{ print $1, $2, $3 }'
  pwd; ulimit -a; umask; env | sort
}
`
const ATTACKS = {
  daemon: 'for i in 1 2 3; do setsid sh -c \'trap "" HUP INT TERM; while :; do echo x >> /tmp/alive; sleep 0.01; done\' > /dev/null 2>&1 & done',
  files: 'echo x > new; echo x > /scratch/s; mkdir -p a/b; echo y > a/b/c; ln -s /etc/passwd a/link; mkfifo fifo; echo z > /tmp/.z; echo > /var/tmp/v; echo > /home/second/h; echo > /run/lock/l; ln main.sh hard',
  source: 'echo "echo changed" > main.sh; rm kept/data; touch -d 2001-01-01 kept; echo more >> kept/other',
  removed: 'rm -rf /work/* /work/.[!.]*',
  binary: 'rm -f shell; cp /bin/false shell',
  fill: 'head -c 99999999 /dev/zero > /tmp/big 2>&1; head -c 9999999 /dev/zero > /dev/shm/big; for i in $(seq 500); do echo > /tmp/f$i; done; echo filled',
  permissions: 'mkdir -p d/e /tmp/d; echo > d/e/f; chmod 000 d/e d /tmp/d kept shell main.sh; chmod 000 /work /home/second 2> /dev/null; echo',
  deep: 'i=0; while [ $i -lt 1500 ]; do mkdir d && cd d; i=$((i+1)); done; echo > file; chmod 000 ../d; cd /tmp; i=0; while [ $i -lt 200 ]; do mkdir runonce-$i; echo > runonce-$i/f; i=$((i+1)); done',
  shared: 'ipcmk -M 100000 > /dev/null; ipcmk -S 5 -p 0000; ipcmk -M 100 -p 0000; ipcmk -Q -p 0; echo > /dev/shm/segment; echo > /dev/mqueue/queue; chmod 000 /dev/mqueue/queue',
  signals: 'trap "" PIPE; ulimit -n 20; umask 077; echo > secret; kill -STOP $$'
}
const MAIN = `${LOOK}case "$1" in look) look ;;\n${Object.entries(ATTACKS).map(([name, code]) => `${name}) ${code} ;;`).join('\n')}\nesac\n`

for (const [title, settings] of /** @type {const} */ ([['with a tmpfs', SMALL], ['in a writable container', PLAIN]])) {
  void t.test(`a case cannot notice anything of the previous case, ${title}`, { buffered: true }, async (t) => {
    const cases = Object.keys(ATTACKS).flatMap((name) => [{ args: ['look'] }, { args: [name], limits: { time: 3 } }])
    const { result } = await run({
      files: [{ name: 'main.sh', content: MAIN }, { name: 'kept/data', content: 'data' }, { name: 'kept/other', content: 'other' }],
      runInstructions: { buildCommands: ['cp /bin/sh shell; ln -s kept/data link; mkfifo pipe; mkdir empty; chmod 700 empty; echo built > /tmp/built; touch -d 2020-02-02 kept/data; ipcmk -M 100'], runCommand: './shell main.sh "$@"' },
      cases: [...cases, { args: ['look'] }]
    }, { settings, env: { RUNONCE_TIME_LIMIT_MS: '30000' } })
    const looks = result.cases.filter((/** @type {unknown} */ _case, /** @type {number} */ index) => index % 2 === 0)
    t.equal(looks.length, Object.keys(ATTACKS).length + 1)
    t.match(looks[0].stdout, /^\/work\/kept\/data f 644 4 1580/m)
    for (const [index, look] of looks.entries()) {
      t.equal(look.outcome, 'completed')
      t.equal(look.stdout, looks[0].stdout, `after ${Object.keys(ATTACKS)[index - 1]}`)
    }
  })
}

void t.test('a limit that one case reaches does not affect the next one', { buffered: true }, async (t) => {
  const content = 'case "$1" in memory) head -c 400m /dev/zero | tail -n 1 > /dev/null || exit 9 ;; time) sleep 9 ;; output) echo 12345678901234567890 ;; esac; read line; echo "$line"'
  const clean = { stdin: 'clean\n', expectedStdout: 'clean' }
  const { result } = await run({
    files: [{ name: 'main.sh', content }],
    cases: [{ args: ['memory'] }, clean, { args: ['time'], limits: { time: 0.3 } }, clean, { args: ['output'], limits: { output: 10 } }, clean]
  })
  const [memory, , time, , output] = result.cases
  t.match(memory, { outcome: 'out_of_memory', exitCode: 9 })
  endedAtLimit(t, time, 0.3)
  t.match(output, { outcome: 'output_limit', stdout: '1234567890', stdoutTruncated: true })
  for (const one of [1, 3, 5]) t.match(result.cases[one], { outcome: 'completed', stdout: 'clean\n', matched: true, phase: 'run' })
  t.match(result, { stdout: '', stderr: '', outcome: 'out_of_memory', error: 'Out of memory', phase: 'run' })
  t.equal(result.duration, result.cases.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.duration, 0))
})

void t.test('each case has its own input, arguments, time and memory', { buffered: true }, async (t) => {
  const { result } = await run({
    files: [{ name: 'main.sh', content: 'cat; echo "$*"; [ "$1" = big ] && head -c 60m /dev/zero | tail -n 1 > /dev/null; :' }],
    stdin: 'default ',
    args: ['a'],
    cases: [{}, { stdin: 'own ', args: ['b', 'c'] }, { args: ['big'] }, {}]
  })
  t.strictSame(result.cases.map((/** @type {any} */ one) => one.stdout), ['default a\n', 'own b c\n', 'default big\n', 'default a\n'])
  t.ok(result.cases[2].memoryPeak > 60 * 1024 * 1024 && result.cases[3].memoryPeak < 30 * 1024 * 1024)
  t.ok(result.cases.every((/** @type {any} */ one) => one.cpuTime > 0 && one.cpuTime < result.cpuTime))
  t.strictSame(Object.keys(result).slice(-2), ['phase', 'cases'])
  t.notOk('files' in result.cases[0] || 'matched' in result.cases[0] || 'build' in result.cases[0])
})

void t.test('stopOnFailure ends the cases at the first failure, and every case has an entry when the total time is used up', { buffered: true }, async (t) => {
  const content = 'sleep "$1"; echo "$1"'
  const cases = [{ args: ['0'], expectedStdout: '0  \n\n' }, { args: ['0'], expectedStdout: '1' }, { args: ['0'] }]
  const stopped = await run({ files: [{ name: 'main.sh', content }], cases, stopOnFailure: true })
  t.strictSame(stopped.result.cases.map((/** @type {any} */ one) => one.matched), [true, false])
  t.equal(stopped.result.outcome, 'completed')
  const late = await run({ files: [{ name: 'main.sh', content }], cases: [{ args: ['0'] }, { args: ['9'] }, { args: ['0'] }], limits: { total: 0.5 } })
  t.strictSame(late.result.cases.map((/** @type {any} */ one) => one.error), ['', 'Total time limit of 0.5 s exceeded', 'Total time limit of 0.5 s exceeded before this case started'])
  t.strictSame(late.result.cases.map((/** @type {any} */ one) => one.outcome), ['completed', 'timeout', 'timeout'])
})

void t.test('a failed build has no cases, and too many cases are invalid', { buffered: true }, async (t) => {
  const failed = await run({ files: [{ name: 'main.sh', content: 'if' }], cases: [{}], outputs: ['*'] }, { language: 'built' })
  t.match(failed.result, { outcome: 'build_failed', phase: 'build', cases: [] })
  const many = await run({ files: [{ name: 'main.sh', content: '' }], cases: [{}, {}] }, { env: { RUNONCE_CASES: '1' } })
  t.match(many.result, { outcome: 'invalid', error: 'cases: must not contain more than 1 cases' })
})

void t.test('cases run without a warm interpreter', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'ls -d /proc/[0-9]* | wc -l; echo "$1"' }], cases: [{ args: ['1'] }, { args: ['2'] }] }, { language: 'warm' })
  t.strictSame(result.cases.map((/** @type {any} */ one) => one.stdout.split('\n')[1]), ['1', '2'])
})

void t.test('events have the index of their case, and each case ends with its result', { buffered: true }, async (t) => {
  const { events, result } = await runEvents({
    files: [{ name: 'main.sh', content: 'echo "$1"; echo err >&2; printf "\\303"; echo "$1" > out' }],
    cases: [{ args: ['a'], expectedStdout: 'b' }, { args: ['b'] }],
    outputs: ['out']
  })
  for (const index of [0, 1]) {
    const own = events.filter((event) => event.case === index)
    const bytes = Buffer.concat(own.filter(({ type }) => type === 'stdout').map(({ text, base64 }) => Buffer.from(text ?? base64, text === undefined ? 'base64' : 'utf8')))
    t.strictSame(bytes, Buffer.from(result.cases[index].stdoutBase64, 'base64'))
    t.equal(own.filter(({ type }) => type === 'stderr').map(({ text }) => text).join(''), 'err\n')
  }
  const ends = events.filter(({ type }) => type === 'case')
  t.strictSame(ends.map((event) => [event.index, event.result]), result.cases.map((/** @type {any} */ one, /** @type {number} */ index) => [index, one]))
  t.ok(events.findIndex(({ type }) => type === 'case') < events.findIndex((event) => event.case === 1), 'the first case ends before the output of the second one')
  t.equal(result.cases[1].files[0].content, 'b\n')
})

void t.test('the events of every case contain its whole output', { buffered: true }, async (t) => {
  const cases = Array.from({ length: 30 }, (_none, index) => ({ args: [String(index)] }))
  const { events, result } = await runEvents({ files: [{ name: 'main.sh', content: 'seq -s " " 2000; echo "$1"' }], cases })
  t.strictSame(events.filter(({ type }) => type === 'case').map(({ index }) => index), [...cases.keys()])
  for (const index of cases.keys()) {
    t.equal(events.filter((event) => event.case === index).map(({ text }) => text).join(''), result.cases[index].stdout)
  }
})
