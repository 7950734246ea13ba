// npm run bench:jobs [-- --rounds 200 --fsync always]: measures the time of a job, from its request to its result, against a synchronous run of the
// same program, in alternation on an otherwise idle service. Prints the median of both and the difference. Needs redis-server or valkey-server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { withImages } from '../images/with-images.js'
import { findCommand } from '../lib/commands.js'
import { buildService } from '../lib/service-process.js'
import { BenchService } from './bench-service.js'
import { summarize } from './statistics.js'

const IMAGE = 'runonce/bash:latest'
const PAYLOAD = { files: [{ name: 'main.sh', content: 'echo hello' }] }
const WARM_UP_ROUNDS = 10

const { values: { rounds, fsync } } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, fsync: { type: 'string', default: 'everysec' } } })

await withImages(['bash'], async (socketPath, images) => {
  if (images.some((image) => 'error' in image)) throw new Error('the image could not be built; see the errors above')
  await buildService()
  const redis = await startRedis()
  try {
    const service = await BenchService.start(socketPath, { REDIS_URL: redis.url, POOL_IMAGES: IMAGE })
    process.stdout.write(await comparison(service).finally(async () => await service.stop()))
  } finally {
    await redis.stop()
  }
})

/** @param {BenchService} service */
async function comparison (service) {
  await measure(service, WARM_UP_ROUNDS)
  const { run, job } = await measure(service, Number(rounds))
  return `appendfsync ${fsync}, ${run.n} rounds: run ${ms(run.p50)}, job ${ms(job.p50)}, difference ${ms(job.p50 - run.p50)} (p50)\n`
}

/** @param {BenchService} service @param {number} rounds */
async function measure (service, rounds) {
  /** @type {{ run: number[], job: number[] }} */
  const times = { run: [], job: [] }
  for (let round = 0; round < rounds; round++) {
    times.run.push(await timeOf(() => service.run(IMAGE, PAYLOAD)))
    times.job.push(await timeOf(() => service.job(IMAGE, PAYLOAD)))
  }
  return { run: summarize(times.run), job: summarize(times.job) }
}

/** @param {() => Promise<{ outcome: string }>} work */
async function timeOf (work) {
  const startedAt = performance.now()
  const { outcome } = await work()
  if (outcome !== 'completed') throw new Error(`the program ended with ${outcome}`)
  return performance.now() - startedAt
}

/** Starts a server with data in a temporary folder. */
async function startRedis () {
  const command = findCommand('valkey-server') ?? findCommand('redis-server')
  if (command === undefined) throw new Error('neither valkey-server nor redis-server was found')
  const folder = await mkdtemp(join(tmpdir(), 'runonce-redis-'))
  const port = 20_000 + Math.floor(Math.random() * 10_000)
  const child = spawn(command, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', fsync], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  await sleep(500)
  if (child.exitCode !== null) throw new Error(`${command} exited with ${child.exitCode}`)
  const stop = async () => {
    child.kill()
    await exited
    await rm(folder, { recursive: true })
  }
  return { url: `redis://127.0.0.1:${port}`, stop }
}

/** @param {number} milliseconds */
function ms (milliseconds) {
  return `${milliseconds.toFixed(1)} ms`
}
