import type { ReadySandbox } from '../runs/ports.js'

/** A container that has not said by then that it is warm serves as it is. Milliseconds. */
const LONGEST_WARM_UP_MS = 10_000

/** Resolves when a container is warm, or has had its time to become so, or `closing` fires. */
export async function warmUp (sandbox: ReadySandbox, closing: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(settle, LONGEST_WARM_UP_MS)
    function settle () {
      clearTimeout(timer)
      closing.removeEventListener('abort', settle)
      resolve()
    }
    closing.addEventListener('abort', settle)
    if (closing.aborted) settle()
    void sandbox.warmed.then(settle)
  })
}
