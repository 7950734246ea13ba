const { openSync, closeSync, writeSync } = require('node:fs')
const held = []
try {
  for (;;) held.push(openSync('/dev/null'))
} catch ({ code }) {
  closeSync(held.pop())
  writeSync(1, `${held.length > 900 && held.length < 1024} ${code}\n`)
}
