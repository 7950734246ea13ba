/** The default timeout in milliseconds, which only ends a test that hangs. */
const WAIT_MS = 60_000

/** Polls `condition` every 10 ms until it returns a value, and returns the value. Throws after the timeout. */
export async function until<T> (condition: () => T | false | undefined | Promise<T | false | undefined>, what = 'the condition', ms = WAIT_MS): Promise<T> {
  for (const deadline = Date.now() + ms; ;) {
    const value = await condition()
    if (value !== false && value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
