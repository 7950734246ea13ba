const fs = require('node:fs')
fs.writeSync(1, 'before')
for (const fd of [0, 1, 2]) fs.closeSync(fd)
setTimeout(() => process.exit(5), 300)
