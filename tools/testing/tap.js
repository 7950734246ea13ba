import { judged, tapCounts } from './counts.js'
import { failuresAndFiles, run } from './process.js'

const TAP = ['node_modules/tap/dist/esm/run.mjs', '--disable-coverage', '--allow-empty-coverage', '--reporter=tap']

/**
 * Runs tap's tests, and shows what fails.
 * @param {string[]} files
 * @param {object} [options]
 * @param {string[]} [options.flags]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(line: string) => boolean} [options.show]
 */
export async function tap (files, { flags = [], env = process.env, show = failuresAndFiles() } = {}) {
  const { exitCode, output } = await run(process.execPath, [...TAP, ...flags, ...files], { env, show })
  return judged(tapCounts(output), exitCode)
}
