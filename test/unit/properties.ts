import fc from 'fast-check'

/** Seconds for each property: a short check by default; set RUNONCE_TEST_FUZZ_SECONDS=600 for a search. */
const SECONDS = Number(process.env.RUNONCE_TEST_FUZZ_SECONDS ?? 2)
/** Enough for the short check's time on an idle machine; a search ends by its time only. */
const RUNS = process.env.RUNONCE_TEST_FUZZ_SECONDS === undefined ? 2000 : Infinity

/**
 * Looks for inputs that break a property, for some seconds at most.
 * @returns how many were tried
 * @throws Error with the smallest input found, its seed and path
 */
export function search<T> (property: fc.IProperty<T>): number {
  const found = fc.check(property, { numRuns: RUNS, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false })
  if (found.failed || found.numRuns === 0) throw new Error(fc.defaultReportMessage(found) ?? 'No input was tried')
  return found.numRuns
}

/** tap's timeout for a file with that many properties, milliseconds. */
export function limitMs (properties: number): number {
  return (properties * SECONDS + 60) * 1000
}

/** Cuts bytes into chunks at the given offsets; some chunks are empty. */
export function cutsOf (bytes: Buffer, borders: number[]): Buffer[] {
  const places = borders.map((border) => border % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...places].map((at, index) => bytes.subarray(at, places[index] ?? bytes.length))
}
