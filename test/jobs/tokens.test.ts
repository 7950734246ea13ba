import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import t from 'tap'

import { spawnService } from '../../tools/lib/service-process.js'
import { gate } from '../unit/fakes.js'
import { run, startNode, TOKEN, until, type Node, type Test } from './kit.js'
import { RedisServer } from './redis-server.js'

const COURSE = 'course-token-51c2a9'
const GUEST = 'guest-token-8830fe'
const course = { name: 'course', sha256: createHash('sha256').update(COURSE).digest('hex') }
const guest = { name: 'guest', token: GUEST }

/** Returns the path of a file that does not exist yet. */
function filePath (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'runonce-tokens-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return join(folder, 'tokens.json')
}

/** Writes the tokens file, sends SIGHUP and waits for the log line. */
async function reload (node: Node, path: string, tokens: unknown): Promise<Record<string, unknown>> {
  const seen = node.lines.length
  writeFileSync(path, JSON.stringify({ tokens }))
  node.service.child.kill('SIGHUP')
  const isAbout = ({ msg }: Record<string, unknown>) => /tokens file/.test(String(msg))
  await until(() => node.lines.slice(seen).some(isAbout), 'the service to read the tokens file')
  return node.lines.slice(seen).find(isAbout) ?? {}
}

t.test('SIGHUP adds, changes and removes tokens; a bad file changes nothing', async (t) => {
  const redis = await RedisServer.start(t)
  const path = filePath(t)
  writeFileSync(path, JSON.stringify({ tokens: [course] }))
  const node = await startNode(t, redis.url, { API_TOKENS_FILE: path, JOBS_WORKERS: '2', SERVER_WORKER_THREADS: '4' })
  const statusOf = async (token: string) => (await node.request('/version', { token })).status
  t.same([await statusOf(TOKEN), await statusOf(COURSE), await statusOf(GUEST)], [200, 200, 401])

  t.match(await reload(node, path, [course, guest]), { level: 'info', added: ['guest'], removed: [] })
  t.equal(await statusOf(GUEST), 200)
  const finished = await node.add({}, GUEST)
  await until(async () => (await node.job(finished, '', GUEST)).status === 'completed', 'a job of the new token')

  const bad = await reload(node, path, [course, { ...guest, jobs: 'many' }])
  t.match(bad, { level: 'error', errors: [/tokens\[1\]\.jobs: invalid value "many": must be a whole number/] })
  t.equal(await statusOf(GUEST), 200, 'the previous tokens remain valid')

  const { opened, open } = gate()
  node.engine.gate = opened
  const active = [await node.add({}, GUEST), await node.add({}, GUEST)]
  await until(async () => (await node.job(active[1] ?? '', '', GUEST)).status === 'active', 'two jobs to run')
  const waiting = await node.add({}, GUEST)
  t.match(await reload(node, path, [course]), { level: 'info', added: [], removed: ['guest'] })
  t.equal(await statusOf(GUEST), 401)
  t.equal(await statusOf(COURSE), 200)
  open()
  await until(() => node.lines.some(({ msg, jobId }) => msg === 'job' && jobId === waiting), 'the job that waited')

  await reload(node, path, [course, guest])
  t.equal((await node.job(finished, '', GUEST)).status, 'completed', 'results are kept')
  for (const id of active) t.equal((await node.job(id, '', GUEST)).status, 'completed', 'runs in progress end normally')
  t.match(await node.job(waiting, '', GUEST), { status: 'failed', error: { error: 'jobs.token_removed' } })
  t.match((await node.request('/metrics')).body, /^runonce_container_seconds_total\{image="runonce\/bash:latest",token="guest"\} \d/m)
})

t.test('a token has limits for concurrent runs, images and jobs', async (t) => {
  const redis = await RedisServer.start(t)
  const path = filePath(t)
  const limits = { time: 1, output: 50 }
  writeFileSync(path, JSON.stringify({ tokens: [{ ...course, concurrency: 1, jobs: 2, limits }, { ...guest, images: ['runonce/python'], jobs: 0 }] }))
  const node = await startNode(t, redis.url, { API_TOKENS_FILE: path, JOBS_WORKERS: '2', SERVER_WORKER_THREADS: '4' })
  const payloads: string[] = []
  node.engine.onPayload = (payload) => payloads.push(payload)
  const { opened, open } = gate()
  node.engine.gate = opened
  const runs = [COURSE, COURSE, TOKEN, TOKEN].map(async (token) => await node.request('/run', { body: run(), token }))
  await until(() => node.engine.started === 3, 'three runs')
  t.match((await node.request('/metrics')).body, /^runonce_runs_waiting 1$/m)

  const jobs = await node.request('/jobs', { body: { runs: [run(), run(), run()] }, token: COURSE })
  t.match(jobs, { status: 429, body: { error: 'jobs.too_many', message: /at most 2 unfinished jobs/ } })
  t.match(await node.request('/jobs', { body: run(), token: GUEST }), { status: 403, body: { error: 'image.not_allowed' } })
  t.match(await node.request('/run', { body: run(), token: GUEST }), { status: 403, body: { error: 'image.not_allowed', message: /allowed images: runonce\/python/ } })
  open()
  t.same((await Promise.all(runs)).map(({ status }) => status), [200, 200, 200, 200])
  t.equal(payloads.filter((payload) => payload.includes('"limits":{"time":1,"output":50}')).length, 2, 'the payloads of the token have its limits')
})

t.test('without a valid file, the service prints the errors and exits', async (t) => {
  const path = filePath(t)
  const start = async (text: string | undefined) => {
    if (text !== undefined) writeFileSync(path, text)
    const service = spawnService({ env: { PATH: process.env['PATH'], API_TOKENS_FILE: path, SERVER_LISTEN_PORT: '0' }, wrapper: ['env', '-u', 'NODE_OPTIONS'] })
    return { code: await service.exited, stderr: service.stderr }
  }
  t.match(await start(undefined), { code: 1, stderr: `API_TOKENS_FILE (${path}): must be a readable file (ENOENT)\n` })
  t.match(await start(`{"tokens":[{"name":"a","token":"${COURSE}"}`), { code: 1, stderr: /^API_TOKENS_FILE \(.*\): the content: invalid JSON.*\n$/ })
  const { code, stderr } = await start(JSON.stringify({ tokens: [{ name: 'a', token: COURSE, rate: { requests: 1, window: 0 }, image: [] }] }))
  t.equal(code, 1)
  t.same(stderr.trimEnd().split('\n').map((line) => line.replace(`API_TOKENS_FILE (${path}): `, '')), [
    'tokens[0]: unknown member "image": must be one of name, token, sha256, concurrency, rate, images, limits, jobs',
    'tokens[0].rate.window: invalid value 0: must be a number of seconds greater than 0 and at most 86400'
  ])
  t.notMatch(stderr, COURSE)
})
