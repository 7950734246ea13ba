require('node:fs').writeSync(1, 'before\n')
const held = []
for (;;) held.push({ text: `${held.length}`.repeat(100), list: [held.length, {}] })
