const { writeSync } = require('node:fs')
const block = 'x'.repeat(65536)
for (;;) {
  try {
    writeSync(1, block)
    writeSync(2, block)
  } catch {}
}
