import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { startService } from '../../lib/service-process.js'
import { until } from '../../lib/until.js'
import { EngineFloor } from '../engine-floor.js'
import { goProgram } from './go-program.js'
import { PROGRAM, freePort, httpPeer, listens, startServer } from './peer.js'
import { IMAGE, makePlainImage } from './plain-image.js'

const TOKEN = 'bench-3f9c1d7e5b2a4860'
/** Limits of all peers that have such a setting. */
const MEMORY_BYTES = 256 * 2 ** 20
const RUN_S = 10
const OUTPUT_BYTES = 100_000
/** Settings of docker-run from its documentation, with these limits. */
const DOCKER_RUN = {
  SERVER_LISTEN_ADDR: '127.0.0.1',
  SERVER_WORKER_THREADS: '10',
  DOCKER_UNIX_SOCKET_READ_TIMEOUT: '3',
  DOCKER_UNIX_SOCKET_WRITE_TIMEOUT: '3',
  DOCKER_CONTAINER_HOSTNAME: 'glot',
  DOCKER_CONTAINER_USER: 'glot',
  DOCKER_CONTAINER_MEMORY: String(MEMORY_BYTES),
  DOCKER_CONTAINER_NETWORK_DISABLED: 'true',
  DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '90',
  DOCKER_CONTAINER_ULIMIT_NOFILE_HARD: '100',
  DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '90',
  DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100',
  DOCKER_CONTAINER_CAP_DROP: 'MKNOD NET_RAW NET_BIND_SERVICE',
  DOCKER_CONTAINER_READONLY_ROOTFS: 'true',
  DOCKER_CONTAINER_TMP_DIR_PATH: '/tmp',
  DOCKER_CONTAINER_WORK_DIR_PATH: '/home/glot',
  RUN_MAX_EXECUTION_TIME: String(RUN_S),
  RUN_MAX_OUTPUT_SIZE: String(OUTPUT_BYTES)
}

/**
 * @typedef {import('./peer.js').Peer} Peer
 *
 * @typedef {object} Options values from the command line
 * @property {string} [docker-run] path of glot's docker-run
 * @property {string} [codapi] path of codapi
 * @property {string} [go-judge] path of go-judge
 * @property {string} [piston] URL of a Piston server
 * @property {string} [sandbox-fusion] URL of a SandboxFusion server
 */

/**
 * Returns the peers, each with a function that starts it.
 * @param {string} socketPath
 * @param {Options} options
 * @returns {Array<{name: string, start: () => Promise<Peer>}>}
 */
export function knownPeers (socketPath, options) {
  return [
    { name: 'runonce', start: () => runonce('runonce', socketPath, {}) },
    { name: 'runonce, POOL_MAX=0', start: () => runonce('runonce, POOL_MAX=0', socketPath, { POOL_MAX: '0' }) },
    { name: 'docker-run', start: () => dockerRun(socketPath, options['docker-run']) },
    { name: 'codapi', start: () => codapi(socketPath, options.codapi) },
    { name: 'go-judge', start: () => goJudge(socketPath, options['go-judge']) },
    { name: 'Piston', start: async () => piston(required(options.piston, '--piston URL')) },
    { name: 'SandboxFusion', start: async () => sandboxFusion(required(options['sandbox-fusion'], '--sandbox-fusion URL')) }
  ]
}

/**
 * @param {string} name
 * @param {string} socketPath
 * @param {Record<string, string>} env
 */
async function runonce (name, socketPath, env) {
  const service = await startService({
    env: { PATH: process.env.PATH, API_ACCESS_TOKEN: TOKEN, SERVER_LISTEN_ADDR: '127.0.0.1', SERVER_LISTEN_PORT: '0', DOCKER_UNIX_SOCKET_PATH: socketPath, ...env }
  })
  return httpPeer(name, glotApi(service.url), () => service.stop())
}

/** @param {string} url */
function glotApi (url) {
  return {
    url: `${url}/run`,
    headers: { 'X-Access-Token': TOKEN },
    body: { image: IMAGE, payload: { language: 'python', files: [{ name: 'main.py', content: PROGRAM }] } },
    outputOf: (/** @type {{stdout: string}} */ { stdout }) => stdout
  }
}

/**
 * Starts glot's docker-run with the settings of its documentation.
 * @param {string} socketPath
 * @param {string | undefined} program
 */
async function dockerRun (socketPath, program) {
  const port = await freePort()
  const stop = await startServer(required(program, '--docker-run PATH'), [], {
    port,
    env: { ...DOCKER_RUN, SERVER_LISTEN_PORT: String(port), API_ACCESS_TOKEN: TOKEN, DOCKER_UNIX_SOCKET_PATH: socketPath }
  })
  return httpPeer('docker-run', glotApi(`http://127.0.0.1:${port}`), stop)
}

/**
 * Starts codapi with its default settings and a python sandbox. codapi runs the docker command, and removes the last line break of the output.
 * @param {string} socketPath
 * @param {string | undefined} program
 */
async function codapi (socketPath, program) {
  const file = program ?? await goProgram('github.com/nalgeon/codapi', 'cmd')
  const image = await makePlainImage(socketPath)
  const dir = await mkdtemp(path.join(os.tmpdir(), 'runonce-codapi-'))
  const sandbox = path.join(dir, 'sandboxes/python')
  await mkdir(sandbox, { recursive: true })
  const box = { runtime: 'runc', cpu: 1, memory: MEMORY_BYTES / 2 ** 20, network: 'none', volume: '%s:/work:ro', cap_drop: ['all'], ulimit: ['nofile=96'], nproc: 64 }
  const step = { user: 'runonce', action: 'run', timeout: RUN_S, noutput: OUTPUT_BYTES }
  await writeFile(path.join(dir, 'codapi.json'), JSON.stringify({ pool_size: 8, verbose: false, box, step }))
  await writeFile(path.join(sandbox, 'box.json'), JSON.stringify({ image }))
  const run = { engine: 'docker', entry: 'main.py', steps: [{ box: 'python', command: ['python3', 'main.py'] }] }
  await writeFile(path.join(sandbox, 'commands.json'), JSON.stringify({ run }))
  const port = await freePort()
  const stop = await startServer(file, ['-port', String(port)], { port, cwd: dir, env: { DOCKER_HOST: `unix://${socketPath}`, HOME: dir } })
  const api = { url: `http://127.0.0.1:${port}/v1/exec`, body: { sandbox: 'python', command: 'run', files: { '': PROGRAM } }, outputOf: (/** @type {any} */ { stdout }) => `${stdout}\n` }
  return httpPeer('codapi', api, async () => {
    await stop()
    await rm(dir, { recursive: true, force: true })
  })
}

/**
 * Starts go-judge in a privileged container of the python image, as its documentation describes. Its sandboxes use the files of this container.
 * @param {string} socketPath
 * @param {string | undefined} program
 */
async function goJudge (socketPath, program) {
  const file = path.resolve(program ?? await goProgram('github.com/criyle/go-judge', 'cmd/go-judge'))
  const engine = new EngineFloor(socketPath)
  const port = await freePort()
  const id = await engine.create({
    Image: await makePlainImage(socketPath),
    User: 'root',
    Cmd: ['/usr/local/bin/go-judge', '-http-addr', `127.0.0.1:${port}`, '-parallelism', String(2 * os.availableParallelism()), '-silent'],
    HostConfig: { Privileged: true, NetworkMode: 'host', Binds: [`${file}:/usr/local/bin/go-judge:ro`], ShmSize: 256 * 2 ** 20 }
  })
  const stop = async () => { await engine.remove(id).finally(() => engine.close()) }
  try {
    await engine.start(id)
    await until(async () => await listens(port), { timeoutMs: 30_000, pollMs: 50, message: 'go-judge does not listen' })
  } catch (error) {
    await stop()
    throw error
  }
  return httpPeer('go-judge', goJudgeApi(port), stop)
}

/** @param {number} port */
function goJudgeApi (port) {
  const collector = (/** @type {string} */ name) => ({ name, max: OUTPUT_BYTES })
  return {
    url: `http://127.0.0.1:${port}/run`,
    body: {
      cmd: [{
        args: ['/usr/bin/python3', 'main.py'],
        env: ['PATH=/usr/bin:/bin'],
        files: [{ content: '' }, collector('stdout'), collector('stderr')],
        cpuLimit: RUN_S * 1e9,
        clockLimit: RUN_S * 1e9,
        memoryLimit: MEMORY_BYTES,
        procLimit: 50,
        copyIn: { 'main.py': { content: PROGRAM } }
      }]
    },
    outputOf: (/** @type {any} */ results) => results[0]?.files?.stdout
  }
}

/** @param {string} url */
function piston (url) {
  return httpPeer('Piston', {
    url: `${url}/api/v2/execute`, body: { language: 'python', version: '*', files: [{ content: PROGRAM }] }, outputOf: (/** @type {any} */ { run }) => run?.stdout
  })
}

/** @param {string} url */
function sandboxFusion (url) {
  return httpPeer('SandboxFusion', {
    url: `${url}/run_code`, body: { code: PROGRAM, language: 'python' }, outputOf: (/** @type {any} */ { run_result: result }) => result?.stdout
  })
}

/**
 * @param {string | undefined} value
 * @param {string} option
 */
function required (value, option) {
  if (value === undefined) throw new Error(`not given: ${option}`)
  return value
}
