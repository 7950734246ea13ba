// Allocates outside V8's heap, because V8 aborts normally when its heap is full.
require('node:fs').writeSync(1, 'before\n')
const held = []
for (;;) held.push(Buffer.alloc(1 << 22, 1))
