import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

const MAX_OUTPUT_BYTES = 64 * 2 ** 20
const executeFile = promisify(execFile)

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
process.on('exit', () => { for (const child of children) child.kill() })

/**
 * Sends SIGTERM to a child when this process exits first. A terminal sends Ctrl-C to both processes, but `kill` signals only this process.
 * @template {import('node:child_process').ChildProcess} T
 * @param {T} child
 * @returns {T}
 */
export function killOnExit (child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  child.once('error', () => children.delete(child))
  return child
}

/**
 * Runs Node's execFile with a higher output limit. Ends the command when this process exits.
 * @param {string} command
 * @param {string[]} args
 * @param {Omit<import('node:child_process').ExecFileOptions, 'encoding'> & {endWith?: AbortSignal | undefined}} [options] `endWith`: sends SIGTERM to the
 *   command. In contrast to Node's `signal`, the promise then waits until the command has exited.
 * @returns {Promise<{stdout: string, stderr: string}>}
 */
export async function execute (command, args, { endWith, ...options } = {}) {
  const running = executeFile(command, args, { maxBuffer: MAX_OUTPUT_BYTES, ...options, encoding: 'utf8' })
  killOnExit(running.child)
  const end = () => running.child.kill()
  endWith?.addEventListener('abort', end)
  if (endWith?.aborted) end()
  return await running.finally(() => endWith?.removeEventListener('abort', end))
}

/**
 * Runs a command and prints its output immediately.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: (line: string) => boolean }} [options] `show` selects the lines to print; default: all
 * @returns {Promise<{ exitCode: number, output: string }>} the exit code is 1 if a signal ended the command or the command did not start
 */
export function run (command, args, { env = process.env, show = () => true } = {}) {
  return new Promise((resolve) => {
    const child = killOnExit(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env }))
    let output = ''
    let rest = ''
    const take = (/** @type {string} */ text) => {
      output += text
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (show(line)) process.stdout.write(`${line}\n`)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.on('error', (error) => {
      process.stdout.write(`${error.message}\n`)
      resolve({ exitCode: 1, output: `${output}${error.message}\n` })
    })
    child.on('close', (exitCode) => {
      if (rest !== '') process.stdout.write(`${rest}\n`)
      resolve({ exitCode: exitCode ?? 1, output })
    })
  })
}
