// Minimal HTTP server for comparison: reads the body and responds with 503. Prints its port and exits at the end of stdin.
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
