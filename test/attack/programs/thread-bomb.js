const { Worker } = require('node:worker_threads')
require('node:fs').writeSync(1, 'before\n')
setInterval(() => {
  try {
    new Worker('for (;;);', { eval: true }).on('error', () => {})
  } catch {}
}, 1)
