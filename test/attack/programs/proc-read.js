// Reads the beginning of every file under /proc and /sys that can be opened. No read may block, and only this process and the runner may be visible.
const fs = require('node:fs')
const { readdirSync, openSync, readSync, closeSync } = fs
fs.writeSync(1, 'before\n')
const bytes = Buffer.alloc(4096)
let read = 0
function walk (folder, depth) {
  let entries = []
  try { entries = readdirSync(folder, { withFileTypes: true }) } catch {}
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory() && depth > 0) walk(path, depth - 1)
    if (!entry.isFile()) continue
    try {
      const fd = openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
      try { read += readSync(fd, bytes) > 0 ? 1 : 0 } catch {}
      closeSync(fd)
    } catch {}
  }
}
walk('/proc', 3)
walk('/sys', 3)
const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== '1' && Number(name) !== process.pid)
console.log(read > 50, JSON.stringify(processes))
