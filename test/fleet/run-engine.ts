import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { empty, FakeEngine, frame, json, upgrade } from '../unit/fake-engine.js'
import { COMPLETED } from '../unit/fakes.js'

export const IMAGE = 'runonce/bash:latest'
const LABELS = { 'runonce.protocol': '1', 'runonce.language': 'bash', 'runonce.main': 'main.sh', 'runonce.hello': 'echo hello' }
const NO_SPACE = { message: 'mkdir /var/lib/docker/overlay2: no space left on device' }

/** The methods of a tap test that the helpers require. */
export interface Test { teardown (fn: () => void | Promise<void>): void }

/** An engine with one image. Each program prints "hi" after at least `runMs` milliseconds, and not before `gate` resolves. */
export class RunEngine {
  runMs: number | ((payload: string) => number) = 100
  gate: Promise<void> = Promise.resolve()
  /** If true, create requests fail within milliseconds, as on a full disk. */
  diskIsFull = false
  /** Number of payloads that containers received. */
  started = 0
  /** Receives the payload of each container. */
  onPayload: (payload: string) => void = () => {}
  /** Returns the result for a payload. */
  resultOf: (payload: string) => object = () => COMPLETED
  #containers = 0

  constructor (private readonly fake: FakeEngine) {
    fake.on('GET /_ping', empty(200))
      .on('HEAD /_ping', empty(200))
      .on('GET /version', json(200, { Version: '26.1.5', ApiVersion: '1.45', Os: 'linux', Arch: 'amd64' }))
      .on('GET /info', json(200, { NCPU: 2, MemTotal: 4 * 2 ** 30, DefaultRuntime: 'runc', Runtimes: { runc: {} } }))
      .on('GET /events', (_call, response) => { response.writeHead(200).flushHeaders() })
      .on('GET /images/json', json(200, [{ Id: 'sha256:bash', RepoTags: [IMAGE], Labels: LABELS }]))
      .on(`GET /images/${IMAGE}/json`, json(200, { Id: 'sha256:bash', Config: { Labels: LABELS, User: 'glot' } }))
      .on('GET /containers/json', json(200, []))
      .on('GET /containers/*', json(200, { State: { Status: 'running', Running: true, Paused: false } }))
      .on('POST /containers/create', (...args) => this.#create()(...args))
      .on('POST /containers/*', empty(204))
      .on('DELETE /containers/*', empty(204))
    fake.onAttach = (socket) => this.#attach(socket)
  }

  static async start (t: Test): Promise<RunEngine> {
    return new RunEngine(await FakeEngine.start(t))
  }

  get socketPath (): string { return this.fake.socketPath }

  #create () {
    return this.diskIsFull ? json(500, NO_SPACE) : json(201, { Id: `container-${++this.#containers}`, Warnings: [] })
  }

  #attach (socket: Duplex): void {
    upgrade(socket)
    // The runner announces that the container is ready.
    socket.write(frame(1, '\n'))
    socket.once('data', (payload: Buffer) => {
      this.started++
      const text = payload.toString('utf8')
      this.onPayload(text)
      const runMs = typeof this.runMs === 'number' ? this.runMs : this.runMs(text)
      void Promise.all([sleep(runMs), this.gate]).then(() => socket.end(frame(1, `${JSON.stringify(this.resultOf(text))}\n`)))
    })
  }
}
