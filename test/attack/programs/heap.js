// Outside V8's own heap, whose end would be an ordinary abort.
require('node:fs').writeSync(1, 'before\n')
const held = []
for (;;) held.push(Buffer.alloc(1 << 22, 1))
