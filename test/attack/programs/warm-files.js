const fs = require('node:fs')
const path = require('node:path')
const CODE = 'require("node:fs").writeSync(1, "planted\\n")'
const planted = []
const home = require('node:os').homedir()
const node = fs.realpathSync(process.execPath)
for (const file of [
  '/opt/runonce/shared/node/warm/warm.cjs', '/opt/runonce/shared/node/warm/warm.so', '/opt/runonce/shared/node/warm/planted.cjs',
  '/opt/runonce/language/warm/build.cjs', '/etc/runonce/language.json',
  `${home}/.node_modules/fs/index.js`, `${home}/.node_libraries/fs.js`, `${home}/.noderc`, '/node_modules/fs/index.js', '/etc/ld.so.preload',
  path.join(path.dirname(node), '../lib/node/planted.js'), node
]) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, CODE)
    planted.push(file)
  } catch {}
}
// /work and /tmp belong to the container and are removed with it.
console.log(JSON.stringify(planted.filter((file) => !/^\/(work|tmp)\//.test(file))))
