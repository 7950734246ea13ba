/** The default deadline of a wait, in milliseconds: it only ends a test that hangs. */
const WAIT_MS = 60_000

/** Polls every 10 ms until `condition` returns a value, and returns it. Throws at the deadline. */
export async function until<T> (condition: () => T | false | undefined | Promise<T | false | undefined>, what = 'the condition', ms = WAIT_MS): Promise<T> {
  for (const deadline = Date.now() + ms; ;) {
    const value = await condition()
    if (value !== false && value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
