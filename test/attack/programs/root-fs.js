const fs = require('node:fs')
const path = require('node:path')
const written = []
for (const folder of ['/', '/usr/local/bin', '/usr/lib', '/etc', '/opt/runonce', '/var/tmp', '/run', '/home', '/root', path.dirname(process.execPath), path.dirname(fs.realpathSync(process.execPath))]) {
  try {
    fs.writeFileSync(`${folder}/planted`, 'x')
    written.push(folder)
  } catch {}
}
for (const file of [process.execPath, '/etc/passwd', '/usr/local/bin/runner', '/proc/self/exe', '/proc/1/exe']) {
  try {
    fs.appendFileSync(file, 'x')
    written.push(file)
  } catch {}
}
console.log(JSON.stringify(written))
