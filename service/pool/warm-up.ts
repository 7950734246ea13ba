import type { ReadySandbox } from '../runs/ports.js'

/** A container that is not warm by then is used as it is. Milliseconds. */
const MAX_WARM_UP_MS = 10_000

/** Resolves when a container is warm, its time for that is over, or `closing` aborts. */
export async function warmUp (sandbox: ReadySandbox, closing: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(settle, MAX_WARM_UP_MS)
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
