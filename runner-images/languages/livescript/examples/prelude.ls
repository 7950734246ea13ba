{ map, sum, sort, words } = require 'prelude-ls'

numbers = require('fs').readFileSync(0, 'utf8') |> words |> map parseInt _, 10
console.log "#{process.argv.3} #{sum numbers} #{sort numbers}"
