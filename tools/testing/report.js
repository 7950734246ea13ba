import { withImages } from '../images/with-images.js'
import { buildService } from '../lib/service-process.js'
import { SetupError } from '../lib/setup-error.js'
import { closingLine, NONE } from './counts.js'

/** @typedef {import('./counts.js').Counts} Counts */

/**
 * Runs tests on an engine that has the images of some languages, with the built service.
 * @param {string[]} names names of languages
 * @param {(socketPath: string) => Promise<Counts>} work
 * @param {{skipFailedBuilds?: boolean, cleanUp?: () => Promise<void>}} [options] skipFailedBuilds: continue if an image build fails, because the
 *   work reports missing images itself; cleanUp: runs before the engine stops, including after a signal
 * @returns {Promise<Counts>}
 */
export async function testWithImages (names, work, { skipFailedBuilds = false, cleanUp } = {}) {
  try {
    return await withImages(names, async (socketPath, images) => {
      const failed = images.filter((image) => 'error' in image)
      if (failed.length > 0 && !skipFailedBuilds) return { ...NONE, failed: failed.length }
      await buildService()
      return await work(socketPath)
    }, cleanUp === undefined ? {} : { cleanUp })
  } catch (error) {
    if (error instanceof SetupError) return skip(error.message)
    throw error
  }
}

/**
 * Prints why tests are skipped.
 * @param {string} reason
 * @returns {Counts}
 */
export function skip (reason) {
  process.stdout.write(`skipped: ${reason}\n`)
  return { ...NONE, skipped: 1 }
}

/**
 * Runs the tests of a command, prints the counts and sets the exit code. A skipped test counts as a failure, because it verified nothing.
 * @param {() => Promise<Counts>} tests
 */
export async function report (tests) {
  const count = await tests().catch((/** @type {Error} */ error) => {
    process.stderr.write(`${error.message}\n`)
    return { ...NONE, failed: 1 }
  })
  process.stdout.write(`${closingLine(count)}\n`)
  process.exitCode = count.failed > 0 || count.skipped > 0 || count.passed === 0 ? 1 : 0
}
