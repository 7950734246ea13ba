import fc from 'fast-check'

/** Search time per property in seconds. The default is short; set RUNONCE_TEST_FUZZ_SECONDS=600 for a long search. */
const SECONDS = Number(process.env.RUNONCE_TEST_FUZZ_SECONDS ?? 2)
/** Highest number of inputs. A short search on an idle machine reaches it; a long search is limited only by time. */
const RUNS = process.env.RUNONCE_TEST_FUZZ_SECONDS === undefined ? 2000 : Infinity

/**
 * Searches for inputs that violate a property, for a limited time.
 * @returns the number of tested inputs
 * @throws Error with the smallest input, its seed and path, if the property is violated
 */
export function search<T> (property: fc.IProperty<T>): number {
  const found = fc.check(property, { numRuns: RUNS, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false })
  if (found.failed || found.numRuns === 0) throw new Error(fc.defaultReportMessage(found) ?? 'No input was tried')
  return found.numRuns
}

/** Returns the tap timeout of a file with this number of properties, in milliseconds. */
export function limitMs (properties: number): number {
  return (properties * SECONDS + 60) * 1000
}

/** Splits bytes into chunks at the given offsets. Some chunks are empty. */
export function cutsOf (bytes: Buffer, borders: number[]): Buffer[] {
  const places = borders.map((border) => border % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...places].map((at, index) => bytes.subarray(at, places[index] ?? bytes.length))
}
