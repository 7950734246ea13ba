import type { ReadySandbox } from '../runs/ports.js'

/** Maximum time to wait until a container is warm, in milliseconds. Afterwards, the container is used as it is. */
const MAX_WARM_UP_MS = 10_000

/** Resolves when a container is warm, after the maximum time, or when `closing` aborts. */
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
