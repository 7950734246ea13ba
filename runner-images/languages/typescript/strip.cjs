'use strict'
// Takes the comments out of all declaration files below the folders, at the image's build: a tenth of the time of each compilation
// is reading past them. Lines and columns stay, for messages; references (///) and licences (/*!) too.
const { readdirSync, readFileSync, writeFileSync } = require('fs')
const { join } = require('path')

const LITERAL_OR_COMMENT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|\/\/.*|\/\*[^]*?\*\//g

for (const folder of process.argv.slice(2)) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.d\.[cm]?ts$/.test(name)) continue
    const file = join(folder, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(LITERAL_OR_COMMENT, strip))
  }
}

function strip (found) {
  if (!/^\/[/*]/.test(found) || /^\/\/\/|^\/\*!/.test(found)) return found
  const lines = found.split('\n')
  // What stands behind a comment keeps its column.
  return lines.length === 1 ? (found.startsWith('//') ? '' : ' '.repeat(found.length)) : '\n'.repeat(lines.length - 1) + ' '.repeat(lines.at(-1).length)
}
