import type { Duplex } from 'node:stream'

import type { EngineDetails } from '../../../service/docker/engine-details.js'
import { ENGINE_VERSION_EXAMPLE } from '../../../service/http/routes/version.js'
import { COMPLETED } from '../fakes.js'
import { empty, eventStream, FakeEngine, frame, json, upgrade } from '../fake-engine.js'

interface Teardown { teardown: (work: () => void | Promise<void>) => void }

interface Payload { command?: string, limits?: { time?: number }, files: Array<{ content: string }> }

/** What the engine reports in a good set-up. */
export const GOOD_DETAILS: EngineDetails = {
  OSType: 'linux',
  Architecture: 'x86_64',
  Driver: 'overlay2',
  CgroupVersion: '2',
  CgroupDriver: 'systemd',
  DefaultRuntime: 'runc',
  Runtimes: { runc: {} },
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
  NCPU: 4,
  MemTotal: 8e9,
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true
}

const DF = '/dev/sda1 1000000 100000 900000 10% /\n/dev/sda1 50000 100 49900 1% /\n'

/** The results of the proofs in a good set-up, by a part of their commands. */
const GOOD_RESULTS: Array<[part: string, result: object]> = [
  ['df -P', { stdout: DF }],
  ['tail -n 1 > /dev/null', { outcome: 'out_of_memory', exitCode: null, signal: 'SIGKILL' }],
  ['sleep 5 &', { outcome: 'failed', exitCode: 2, stderr: 'sh: Cannot fork\n' }],
  ['sleep 20', { outcome: 'timeout', exitCode: null, duration: 5.1e8 }],
  ['yes', { outcome: 'output_limit', exitCode: null, stdout: 'y\n'.repeat(2048) }],
  ['/home/glot', { outcome: 'failed', exitCode: 2, stderr: 'cannot create /home/glot/doctor: Read-only file system\n' }],
  ['/proc/net/dev', { stdout: 'lo\n' }],
  ['/tmp/doctor', { stdout: '67108864\n' }],
  ['/work/doctor', { stdout: '134217728\n' }],
  ['kill -0 1', { outcome: 'failed', exitCode: 1, stderr: 'sh: kill: Operation not permitted\n' }]
]

export interface Simulation {
  details?: EngineDetails
  /** Labels of the images that replace those of a good set-up, by language. */
  images?: Record<string, { labels?: Record<string, string>, architecture?: string, ageDays?: number }>
  /** Results that replace those of a good set-up, by a part of the command. */
  results?: Record<string, object>
  /** The response to each create request. */
  createError?: { status: number, message: string }
  /** Whether the engine forgets to remove containers. */
  keepsContainers?: boolean
  apiVersion?: string
}

/** Starts an engine whose containers return prepared results for the programs of the doctor. */
export async function simulateEngine (t: Teardown, simulation: Simulation = {}): Promise<FakeEngine> {
  const engine = await FakeEngine.start(t)
  const { details = GOOD_DETAILS, createError, images = { python: {} }, apiVersion = '1.45' } = simulation
  let created = 0
  engine.on('GET /version', json(200, { Version: '26.1.5', ApiVersion: apiVersion, Os: 'linux', Arch: 'amd64', GitCommit: '', GoVersion: ENGINE_VERSION_EXAMPLE.goVersion, Components: [{ Name: 'Engine', Version: '26.1.5' }] }))
    .on('GET /info', (call, response, request) => { json(200, { SystemTime: new Date().toISOString(), ...details })(call, response, request) })
    .on('GET /events', eventStream())
    .on('GET /images/json', json(200, Object.entries(images).map(([name, image]) => ({ Id: `sha256:${name}`, RepoTags: [`runonce/${name}:latest`], Labels: labelsOf(name, image.labels) }))))
    .on('GET /containers/json', json(200, simulation.keepsContainers === true ? [{ Id: 'c0ffee' }] : []))
    .on('POST /containers/create', (call, response, request) => {
      json(createError?.status ?? 201, createError === undefined ? { Id: `c${++created}` } : { message: createError.message })(call, response, request)
    })
    .on('POST /containers/c*', empty(204)).on('DELETE /containers/c*', empty(204)).on('GET /containers/c*', json(200, { State: { Running: true } }))
  for (const [name, { labels, architecture = 'amd64', ageDays = 1 }] of Object.entries(images)) {
    const image = { Id: `sha256:${name}`, Created: new Date(Date.now() - ageDays * 86_400_000).toISOString(), Architecture: architecture, Config: { User: '', Labels: labelsOf(name, labels) } }
    for (const ref of [`runonce/${name}:latest`, `sha256:${name}`]) engine.on(`GET /images/${ref}/json`, json(200, image))
  }
  engine.onAttach = (socket) => serve(socket, simulation.results ?? {})
  return engine
}

function labelsOf (name: string, labels: Record<string, string> = {}) {
  return { 'runonce.protocol': '2', 'runonce.language': name, 'runonce.main': 'main.txt', 'runonce.hello': 'hello', ...labels }
}

/** The runner: announces that it is ready, reads the payload and writes the prepared result. */
function serve (socket: Duplex, results: Record<string, object>): void {
  upgrade(socket)
  socket.write(frame(1, '\n'))
  socket.once('data', (bytes) => {
    const { command = 'hello' } = JSON.parse(String(bytes)) as Payload
    const [, prepared] = [...Object.entries(results), ...GOOD_RESULTS].find(([part]) => command.includes(part)) ?? []
    socket.end(frame(1, `${JSON.stringify({ ...COMPLETED, stdout: '', ...prepared })}\n`))
  })
}
