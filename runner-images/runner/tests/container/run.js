// `make check-container`: runs the runner binary as process 1 in containers of debian:trixie-slim.
import t from 'tap'

import { buildImage, removeImage } from './kit.js'

/** Number of concurrent containers. A run mostly waits for the engine or for a limit. */
const JOBS = 3

t.before(buildImage)
t.teardown(removeImage)
t.jobs = JOBS
await import('./outcomes.js')
await import('./payloads.js')
await import('./process.js')
await import('./attacks.js')
await import('./warm.js')
await import('./cases.js')
await import('./outputs.js')
await import('./events.js')
await import('./interactive.js')
