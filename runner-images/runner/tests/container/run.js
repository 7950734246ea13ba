// `make check-container`: the real binary as process 1, in containers of debian:trixie-slim.
import { after, before } from 'node:test'

import { buildImage, removeImage } from './kit.js'

before(buildImage)
after(removeImage)
await import('./outcomes.js')
await import('./payloads.js')
await import('./process.js')
await import('./attacks.js')
await import('./warm.js')
