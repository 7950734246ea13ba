import { run } from '../lib/child.js'
import { checkedCounts, tapCounts } from './counts.js'

const TAP = 'node_modules/tap/dist/esm/run.mjs'
const FLAGS = ['--disable-coverage', '--allow-empty-coverage', '--reporter=tap']

/** Builds tap for the plugins in .taprc. Without this, the first run builds it, but still loads the default plugins in each test file. */
export async function buildTap () {
  await run(process.execPath, [TAP, 'build'])
}

/**
 * Runs tests with tap, and prints the test files and the failures.
 * @param {string[]} files
 * @param {object} [options]
 * @param {string[]} [options.flags]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(line: string) => boolean} [options.show]
 */
export async function tap (files, { flags = [], env = process.env, show = filesAndFailures() } = {}) {
  const { exitCode, output } = await run(process.execPath, [TAP, ...FLAGS, ...flags, ...files], { env, show })
  return checkedCounts(tapCounts(output), exitCode)
}

/**
 * Creates a filter that selects the lines of a TAP stream about files, and failures with details.
 * @returns {(line: string) => boolean}
 */
export function filesAndFailures () {
  let inDetails = false
  return (line) => {
    if (/^\s*not ok /.test(line)) return (inDetails = true)
    if (/^\s*ok /.test(line) || /^\s*# Subtest/.test(line)) inDetails = false
    return inDetails || /^(ok|# \{|Bail out)/.test(line)
  }
}
