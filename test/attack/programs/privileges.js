const fs = require('node:fs')
const os = require('node:os')
const reached = []
const tried = (what, attempt) => {
  try {
    attempt()
    reached.push(what)
  } catch {}
}
tried('setuid', () => process.setuid(0))
tried('seteuid', () => process.seteuid('root'))
tried('setgid', () => process.setgid(0))
tried('setgroups', () => process.setgroups([0]))
tried('initgroups', () => process.initgroups('root', 0))
tried('raise its own priority', () => os.setPriority(0, -10))
tried('priority of the runner', () => os.setPriority(1, 19))
tried('chown', () => fs.chownSync(__filename, 0, 0))
tried('child as root', () => { if (require('node:child_process').spawnSync('true', { uid: 0 }).status !== 0) throw new Error() })
tried('dlopen', () => process.dlopen({ exports: {} }, '/proc/1/exe'))
tried('inspect the runner', () => process._debugProcess(1))
reached.splice(reached.indexOf('inspect the runner') >>> 0, 1) // A signal without effect.
console.log(JSON.stringify(reached))
