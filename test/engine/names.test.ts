import t from 'tap'

import { dockerRun, needImages, startService } from './kit.js'

/** A program that starts a server and a client, then resolves the host name of the container and an unknown name. */
const PYTHON = `
import socket, threading, time
server = socket.create_server(("localhost", 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b"over localhost\\n")).start()
print(socket.create_connection(("localhost", server.getsockname()[1])).makefile().readline(), end="")
name = socket.gethostname()
print(name, socket.gethostbyname(name), socket.getfqdn("127.0.0.1"))
begin = time.monotonic()
try:
    socket.getaddrinfo("foo.example.org", 80)
except socket.gaierror:
    print("at once" if time.monotonic() - begin < 0.5 else "late")
`
const ADDRESSES = 'getent ahosts localhost | sort -u; hostname -i; cat < /dev/null > /dev/tcp/localhost/1'
const JAVASCRIPT = `
const server = require('http').createServer((request, response) => response.end('over localhost'))
server.listen(0, () => require('http').get({ port: server.address().port }, (response) => {
  response.on('data', (chunk) => console.log(String(chunk)))
  response.on('end', () => server.close())
}))
`
const C = `
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    char name[100];
    struct addrinfo *found;
    gethostname(name, sizeof name);
    puts(gai_strerror(getaddrinfo("localhost", "80", NULL, &found)));
    puts(gai_strerror(getaddrinfo(name, "80", NULL, &found)));
    puts(gai_strerror(getaddrinfo("foo.example.org", "80", NULL, &found)));
}
`
const glot = { Hostname: 'glot', User: 'glot', AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true, NetworkDisabled: true }

void t.test('a container without a network', async (t) => {
  await needImages('python', 'bash', 'c', 'javascript')
  const service = await startService(t)

  await t.test('resolves localhost and its host name, and fails immediately for other names', async (t) => {
    const { stdout, stderr } = await service.run('python', PYTHON)
    t.equal(stdout, `over localhost\n${service.hostname} 127.0.0.2 localhost\nat once\n`, stderr)
  })

  await t.test('has the IPv4 and IPv6 addresses of localhost', async (t) => {
    const { stdout, stderr } = await service.run('bash', ADDRESSES)
    t.match(stdout, /^127\.0\.0\.1 [^]*^::1 /m)
    t.match(stdout, /^::1 127\.0\.0\.2$/m, 'hostname -i')
    t.match(stderr, 'Connection refused', 'a port without a server')
  })

  await t.test('serves a request without a host', async (t) => {
    t.match(await service.run('javascript', JAVASCRIPT), { stdout: 'over localhost\n', stderr: '' })
  })

  await t.test('gives C programs the same names', async (t) => {
    const unknown = 'Temporary failure in name resolution'
    t.match(await service.run('c', C), { stdout: `Success\nSuccess\n${unknown}\n` })
  })
})

void t.test('a container of glot\'s docker-run resolves the same names', async (t) => {
  await needImages('python')
  const { result } = await dockerRun('runonce/python', { language: 'python', files: [{ name: 'main.py', content: PYTHON }] }, { settings: glot })
  t.equal(result.stdout, 'over localhost\nglot 127.0.0.2 localhost\nat once\n')
})
