/** Multiplies what these tests allow a slow machine; it never lowers what they assert. */
export const PATIENCE = Number(process.env.RUNONCE_TEST_PATIENCE || 1)
/** On a busy machine a run may exceed its time limit by this factor. */
const LATE = 5 * PATIENCE

/** The few things of a tap test that an assertion about a limit needs. */
interface Test { equal (found: unknown, wanted: unknown): void, ok (value: unknown, message: string): void }

/** Asserts that a run ended at its time limit: not before, and not after a multiple of it. */
export function endedAtLimit (t: Test, { outcome, duration }: { outcome: string, duration: number }, seconds: number): void {
  t.equal(outcome, 'timeout')
  isNear(t, duration / 1e9, seconds)
}

/** Asserts that a time is the expected one, measured on a machine that may be busy. A tenth less is tolerated. */
export function isNear (t: Test, foundSeconds: number, seconds: number): void {
  t.ok(foundSeconds >= 0.9 * seconds && foundSeconds < LATE * seconds, `${foundSeconds} s, at a limit of ${seconds} s`)
}
