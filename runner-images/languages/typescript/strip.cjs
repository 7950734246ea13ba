'use strict'
// Removes the comments from all declaration files below the given folders when the image is built, because reading
// them takes a tenth of each compilation. Line and column numbers stay the same for messages. References (///) and
// licences (/*!) are kept.
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
  // Preserves the column of text after a comment.
  return lines.length === 1 ? (found.startsWith('//') ? '' : ' '.repeat(found.length)) : '\n'.repeat(lines.length - 1) + ' '.repeat(lines.at(-1).length)
}
