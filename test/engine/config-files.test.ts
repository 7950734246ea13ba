import { fileURLToPath } from 'node:url'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'

import { needImages, socketPath, startService, submission, until, TOKEN, type Answer, type Service } from './kit.js'
import { endedAtLimit } from './patience.js'

const FOLDER = fileURLToPath(new URL('../../config/', import.meta.url))
const SLEEP = 'print("kept", flush=True)\nimport time\ntime.sleep(60)\n'
const FORKS = `
import os, signal
started = 0
try:
    while True:
        if os.fork() == 0:
            signal.pause()
        started += 1
except OSError:
    print(started)
`

const PATIENT = { RUN_MAX_EXECUTION_TIME: '60', DOCKER_UNIX_SOCKET_READ_TIMEOUT: '30', POOL_MAX: '0' }

interface Limits { seconds: number, outputBytes: number, memoryBytes: number, processes: number, codeBytes: number, refuses?: true }

const files: Record<string, Limits> = {
  'default.env': { seconds: 10, outputBytes: 1_048_576, memoryBytes: 268_435_456, processes: 128, codeBytes: 50_000 },
  'glot.env': { seconds: 10, outputBytes: 100_000, memoryBytes: 500_000_000, processes: 90, codeBytes: 50_000, refuses: true },
  'secure-execution.env': { seconds: 5, outputBytes: 1_048_576, memoryBytes: 268_435_456, processes: 50, codeBytes: 50_000 },
  'run-user-code.env': { seconds: 3, outputBytes: 1_048_576, memoryBytes: 268_435_456, processes: 128, codeBytes: 50_000 }
}

void t.test('config/ contains exactly these env files', async (t) => {
  t.strictSame(readdirSync(FOLDER).filter((name) => name.endsWith('.env')).sort(), Object.keys(files).sort())
})

// The files are tested concurrently, because their runs mostly sleep.
t.jobs = Object.keys(files).length

for (const [name, limits] of Object.entries(files)) {
  void t.test(`config/${name}`, { buffered: true }, async (t) => {
    await needImages('python')
    const env = read(name)

    await t.test('has the same meaning in a shell, docker and systemd, and does not contain a token', async (t) => {
      t.strictSame(readByShell(name), env)
      t.notOk('API_ACCESS_TOKEN' in env)
      for (const value of Object.values(env)) t.notMatch(value, /["'\\\s]/)
    })

    // Uses a free port, the test engine, and a host name that identifies the containers.
    const service = await startService(t, {
      env: { POOL_MAX: undefined, ...env, ...testPlace(name) }
    })
    // On a busy machine, a program may reach the time limit of the file before its memory or process limit.
    const patient = await startService(t, {
      env: { ...env, ...testPlace(`patient-${name}`), ...PATIENT }
    })

    await t.test('starts the service without warnings', async (t) => {
      t.strictSame(service.logs.filter(({ level }) => level === 'warn'), [])
    })

    await t.test(`ends a run after ${limits.seconds} s and returns its output`, async (t) => {
      const answer = await service.post('/run', submission('python', SLEEP))
      const result = limitResult(t, answer, limits, 'limits.execution_time')
      t.match(result, { stdout: 'kept\n' })
      endedAtLimit(t, result, limits.seconds)
    })

    await t.test(`limits the output to ${limits.outputBytes} bytes`, async (t) => {
      const atLimit = await service.run('python', `print("x" * ${limits.outputBytes}, end="")`)
      t.match(atLimit, { outcome: 'completed', stdoutBytes: limits.outputBytes })
      const over = limitResult(t, await service.post('/run', submission('python', `print("x" * ${limits.outputBytes + 1}, end="")`)), limits, 'limits.read.size')
      t.match(over, { outcome: 'output_limit', stdoutTruncated: true })
      t.equal(over.stdout.length, limits.outputBytes, 'the start of the output is kept')
    })

    await t.test(`limits the memory to ${limits.memoryBytes} bytes`, async (t) => {
      t.match(await patient.run('python', `print(len(b"x" * ${Math.floor(limits.memoryBytes * 0.8)}))`), { outcome: 'completed' })
      t.match(await patient.run('python', `print(len(b"x" * ${limits.memoryBytes}))`), { outcome: 'out_of_memory' })
    })

    await t.test(`limits the number of processes to ${limits.processes}`, async (t) => {
      const result = await patient.run('python', FORKS)
      t.match(result, { outcome: 'completed', stderr: '' })
      const started = Number(result.stdout)
      // The limit also counts the runner, the program and a warm interpreter, if any.
      t.ok(started < limits.processes && started >= limits.processes - 5, `${started} children`)
    })

    await t.test(`limits code on the code routes to ${limits.codeBytes} bytes`, async (t) => {
      t.equal((await service.post('/run/python', { code: '#'.repeat(limits.codeBytes) })).status, 200)
      const { status, body } = await service.post('/run/python', { code: '#'.repeat(limits.codeBytes + 1) })
      t.equal(status, 413)
      t.match(body, { error: 'request.too_large', message: /RUN_MAX_CODE_SIZE/ })
    })

    await t.test('creates containers with these settings', async (t) => {
      await hasSettings(t, service, env)
    })
  })
}

function testPlace (name: string): Record<string, string> {
  return {
    API_ACCESS_TOKEN: TOKEN,
    SERVER_LISTEN_PORT: '0',
    DOCKER_UNIX_SOCKET_PATH: socketPath,
    DOCKER_CONTAINER_HOSTNAME: `test-${name.replace('.env', '')}-${process.pid}`
  }
}

function limitResult (t: Test, { status, body }: Answer, { refuses }: Limits, slug: string) {
  if (!refuses) {
    t.equal(status, 200)
    return body
  }
  t.equal(status, 400)
  t.match(body, { error: slug, message: /./ })
  return body.result
}

async function hasSettings (t: Test, service: Service, env: Record<string, string>): Promise<void> {
  const client = new AbortController()
  const run = service.post('/run', submission('python', SLEEP), { signal: client.signal }).catch(() => {})
  const containers = await until(async () => {
    const all = await service.containers()
    return all.length > 0 && all
  }, 'a container')
  client.abort()
  await run
  const settings = containers.map(({ Config: { User }, HostConfig: { ReadonlyRootfs, CapDrop, Tmpfs, Memory, MemorySwap, PidsLimit } }) =>
    ({ User, ReadonlyRootfs, CapDrop, tmpfs: Object.keys(Tmpfs ?? {}).sort(), Memory, MemorySwap, PidsLimit }))
  const glot = env.DOCKER_CONTAINER_USER === 'glot'
  for (const one of settings) {
    t.match(one, {
      ...(glot ? { User: 'glot' } : {}),
      ReadonlyRootfs: !glot,
      CapDrop: glot ? ['MKNOD', 'NET_RAW', 'NET_BIND_SERVICE'] : ['ALL'],
      tmpfs: glot ? [] : ['/tmp', '/work']
    })
    t.equal(one.Memory, one.MemorySwap, 'no swap')
  }
}

/** Parses NAME=value lines as docker --env-file does. */
function read (name: string): Record<string, string> {
  const lines = readFileSync(FOLDER + name, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => {
    const [, key, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined) throw new Error(`${name}: ${line}`)
    return [key, value]
  }))
}

function readByShell (name: string): Record<string, string> {
  const out = execFileSync('env', ['-i', 'sh', '-c', 'set -a; . "$0"; exec env', FOLDER + name], { encoding: 'utf8' })
  const entries = out.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return Object.fromEntries(entries.filter(([key]) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(key as string)))
}
