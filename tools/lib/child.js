import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Of this process, and ended with it. @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
process.on('exit', () => { for (const child of children) child.kill() })

/**
 * Sees to it that a child gets SIGTERM when this process ends before it does: a terminal's Ctrl-C reaches both, a `kill` only this one.
 * @template {import('node:child_process').ChildProcess} T
 * @param {T} child
 * @returns {T}
 */
export function endWithThis (child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  child.once('error', () => children.delete(child))
  return child
}

/**
 * As Node's own execFile, but the command does not outlive this process.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').ExecFileOptionsWithStringEncoding | Omit<import('node:child_process').ExecFileOptions, 'encoding'>} [options]
 * @returns {Promise<{stdout: string, stderr: string}>}
 */
export async function runToEnd (command, args, options = {}) {
  const running = run(command, args, { ...options, encoding: 'utf8' })
  endWithThis(running.child)
  return await running
}
