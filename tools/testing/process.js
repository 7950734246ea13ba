import { spawn } from 'node:child_process'
import { endWithThis } from '../lib/child.js'

/**
 * Runs a command and shows its output as it comes.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: (line: string) => boolean }} [options] `show` picks the lines to be shown; all by default
 * @returns {Promise<{ exitCode: number, output: string }>} a process that a signal ended counts as exit code 1
 */
export function run (command, args, { env = process.env, show = () => true } = {}) {
  return new Promise((resolve) => {
    const child = endWithThis(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env }))
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

/**
 * Of a TAP stream the files' own lines, and what failed with its details.
 * @returns {(line: string) => boolean}
 */
export function failuresAndFiles () {
  let inDetails = false
  return (line) => {
    if (/^\s*not ok /.test(line)) return (inDetails = true)
    if (/^\s*ok /.test(line) || /^\s*# Subtest/.test(line)) inDetails = false
    return inDetails || /^(ok|# \{|Bail out)/.test(line)
  }
}
