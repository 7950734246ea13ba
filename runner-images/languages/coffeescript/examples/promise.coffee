class Sum
  constructor: (@numbers) ->
  total: -> @numbers.reduce ((a, b) -> a + b), 0

read = ->
  chunks = []
  chunks.push chunk for await chunk from process.stdin
  String Buffer.concat chunks

do ->
  numbers = (await read()).trim().split(" ").map Number
  console.log "#{process.argv[2]} #{new Sum(numbers).total()}"
