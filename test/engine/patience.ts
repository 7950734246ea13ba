/** Multiplies tolerances on a slow machine. Values below 1 have no effect on assertions. */
export const PATIENCE = Number(process.env.RUNONCE_TEST_PATIENCE || 1)
/** Highest accepted ratio of a run's duration to its time limit on a busy machine. */
const LATE = 5 * PATIENCE

/** The methods of a tap test that assertions about limits require. */
interface Test { equal (found: unknown, wanted: unknown): void, ok (value: unknown, message: string): void }

/** Asserts that a run ended at its time limit: not earlier, and not later than a multiple of the limit. */
export function endedAtLimit (t: Test, { outcome, duration }: { outcome: string, duration: number }, seconds: number): void {
  t.equal(outcome, 'timeout')
  isNear(t, duration / 1e9, seconds)
}

/** Asserts that a time is near the expected time on a machine that may be busy. Accepts values that are up to 10 % lower. */
export function isNear (t: Test, foundSeconds: number, seconds: number): void {
  t.ok(foundSeconds >= 0.9 * seconds && foundSeconds < LATE * seconds, `${foundSeconds} s, at a limit of ${seconds} s`)
}
