// npm run dev: compiles the service and the playground, starts the service with the settings in .runonce/env, and restarts it after each change. Finds
// or starts an engine in the same way as the quickstart. Ctrl-C stops all processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { ensureEngine, onSignal } from '../engine/engine.js'
import { killOnExit } from '../lib/child.js'
import { ensureSettings, serviceEnvironment } from './settings.js'

const TSC = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']
const BUNDLER = ['service/playground/build.js', '--watch']

const engine = await ensureEngine()
const env = serviceEnvironment(await ensureSettings('.runonce/env', engine.socketPath), process.env)
/** @type {import('node:child_process').ChildProcess[]} */
const children = []
let stopping = false
let serviceStarted = false
onSignal((code) => {
  if (stopping) return
  stopping = true
  void stop().finally(() => process.exit(code === 130 ? 0 : code))
})

// Uses separate process groups, so that a terminal sends Ctrl-C only to this process, which stops the other processes in order.
const compiler = killOnExit(spawn(process.execPath, TSC, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] }))
const bundler = killOnExit(spawn(process.execPath, BUNDLER, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }))
children.push(compiler, bundler)
createInterface({ input: compiler.stdout }).on('line', (line) => {
  process.stdout.write(`${line}\n`)
  // The first compilation is complete. Later compilations change files in dist/, and node --watch restarts the service.
  if (line.includes('Watching for file changes') && !serviceStarted && !stopping) startService()
})

function startService () {
  serviceStarted = true
  const service = spawn(process.execPath, ['--watch', '--watch-preserve-output', 'dist/server.js'], { detached: true, env, stdio: ['ignore', 'inherit', 'inherit'] })
  children.push(killOnExit(service))
}

async function stop () {
  await Promise.all(children.filter((child) => child.exitCode === null && child.signalCode === null).map(async (child) => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }))
  await engine.stop()
}
