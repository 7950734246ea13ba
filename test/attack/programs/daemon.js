const { spawn } = require('node:child_process')
require('node:fs').writeSync(1, 'before\n')
spawn('sh', ['-c', 'trap "" TERM; echo grandchild; sleep 60; echo never'], { detached: true, stdio: 'inherit' }).unref()
setTimeout(() => console.log('done'), 300)
