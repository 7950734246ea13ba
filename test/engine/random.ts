/** Returns a generator of random numbers from 0 to 1. Prints the seed; RUNONCE_TEST_SEED reproduces the sequence. */
export function seededRandom (t: { comment (message: string): void }): () => number {
  const seed = Number(process.env.RUNONCE_TEST_SEED || Date.now() % 2 ** 32)
  t.comment(`RUNONCE_TEST_SEED=${seed} reproduces these random choices`)
  let state = seed
  // Uses mulberry32, which returns the same numbers on every machine.
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
