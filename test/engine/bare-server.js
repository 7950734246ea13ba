// The least that an HTTP server can do: reads a body, answers 503. Says its port; ends with its stdin.
import http from 'node:http'

const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"error":"overloaded","message":"none"}')
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
process.stdin.resume().on('end', () => process.exit(0))
