// `make check-container`: the real binary as process 1, in containers of debian:trixie-slim.
import t from 'tap'

import { buildImage, removeImage } from './kit.js'

/** Containers at a time: a run mostly waits for the engine or for a limit. */
const JOBS = 3

t.before(buildImage)
t.teardown(removeImage)
t.jobs = JOBS
await import('./outcomes.js')
await import('./payloads.js')
await import('./process.js')
await import('./attacks.js')
await import('./warm.js')
