const fs = require('node:fs')
fs.writeSync(1, 'before\n')
for (const number of Object.values(require('node:os').constants.signals)) {
  try { process.kill(1, number) } catch {}
}
setTimeout(() => console.log('after'), 200)
