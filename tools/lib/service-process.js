import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const START_MS = 60_000
/** The service itself waits for the runs under way before it stops. */
const STOP_MS = 45_000
const POLL_MS = 50

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<string | undefined>} why it can't be listened on, as an error code; undefined when it can
 */
export async function portFault (address, port) {
  const server = net.createServer()
  return await new Promise((resolve) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

/**
 * Starts the service and waits until it listens. It is in a process group of its own: a terminal's Ctrl-C reaches this process
 * alone, which then stops it.
 * @param {object} options
 * @param {string} options.root the repository
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.log takes its output; begun anew
 * @returns {Promise<{port: number, exited: Promise<string>, stop(): Promise<void>}>} port: the one that it listens on; exited: how it ended
 * @throws Error with its last words when it ends instead
 */
export async function startService ({ root, env, log }) {
  const file = await open(log, 'w', 0o600)
  const child = spawn(process.execPath, ['dist/server.js'], { cwd: root, env, detached: true, stdio: ['ignore', file.fd, file.fd] })
  await file.close()
  let ended = false
  /** @type {Promise<string>} */
  const exited = new Promise((resolve) => {
    child.on('error', (error) => { ended = true; resolve(error.message) })
    child.on('exit', (code, signal) => { ended = true; resolve(signal ?? `exit code ${code}`) })
  })
  const stop = async () => {
    if (ended) return
    child.kill('SIGTERM')
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })])
    if (!ended) child.kill('SIGKILL')
    await exited
  }
  const deadline = Date.now() + START_MS
  let port = await listeningPort(log)
  while (port === undefined) {
    if (ended || Date.now() > deadline) {
      await stop()
      throw new Error(`the service did not start (${await exited}):\n${await lastLines(log)}`)
    }
    await sleep(POLL_MS)
    port = await listeningPort(log)
  }
  return { port, exited, stop }
}

/**
 * By its own word: on the port, another program might answer.
 * @param {string} log
 * @returns {Promise<number | undefined>}
 */
async function listeningPort (log) {
  const line = (await readFile(log, 'utf8')).split('\n').find((each) => each.includes('"msg":"listening"') && each.endsWith('}'))
  return line === undefined ? undefined : JSON.parse(line).port
}

/** @param {string} file */
async function lastLines (file) {
  return (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-10).join('\n')
}
