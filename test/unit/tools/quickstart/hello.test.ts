import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

import t from 'tap'

import { curlLine, invitation, runHello } from '../../../../tools/quickstart/hello.js'

const hello = { version: '1', ok: true, output: 'Hello World!', ms: 1 }
const bash = { ...hello, language: 'bash', image: 'runonce/bash:latest', main: 'main.sh', program: 'echo \'it\\\'s "$HOME"\'\n' }
const python = { ...hello, language: 'python', image: 'runonce/python:latest', main: 'main.py', program: 'print("Hello World!")' }

/** A service that lists python only from the third request on, and runs each program with the given result. */
async function startService (t: { teardown: (work: () => void) => void }, result: object) {
  let lists = 0
  const server = http.createServer((request, response) => {
    const languages = ++lists < 3 ? [] : [{ name: 'python', version: '3.13', image: 'runonce/python:latest', hello: 'print(1)' }]
    response.end(JSON.stringify(request.url?.startsWith('/api/languages') === true ? { languages } : result))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close(); server.closeAllConnections() })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'T' }
}

void t.test('runs the hello program as soon as the service lists the language', async (t) => {
  const service = await startService(t, { outcome: 'completed', stdout: 'Hello World!\n', stderr: '' })
  t.match(await runHello(service, 'python', 'main.py'), { ok: true, language: 'python', version: '3.13', output: 'Hello World!', main: 'main.py', program: 'print(1)' })
  await t.rejects(runHello(service, 'ruby', 'main.rb', 1), { message: 'the service does not list the language ruby' })
})

void t.test('a failed hello program shows the reason', async (t) => {
  const service = await startService(t, { outcome: 'failed', stdout: 'Hello World!\n', stderr: 'oops', error: 'exit code 1' })
  t.match(await runHello(service, 'python', 'main.py'), { ok: false, output: 'failed: exit code 1: oops' })
})

void t.test('the printed command line runs an available language, and quotes its program', async (t) => {
  t.match(curlLine('http://127.0.0.1:8088', 'T', [bash, python]), '"image":"runonce/python:latest","payload":{"files":[{"name":"main.py","content":"print(6 * 7)"}]}')
  t.match(curlLine('http://127.0.0.1:8088', 'T', [python], { stream: true }), /^curl -s -N -H 'Accept: text\/event-stream' http.*flush=True/)
  const line = curlLine('http://127.0.0.1:8088', 'T', [{ ...python, language: 'ruby', ok: false }, bash])
  const body = await new Promise<string>((resolve) => {
    const shell = spawn('sh', ['-c', `curl () { for last; do :; done; printf %s "$last"; }\n${line}`])
    let text = ''
    shell.stdout.on('data', (chunk) => { text += chunk }).on('end', () => resolve(text))
  })
  t.same(JSON.parse(body), { image: bash.image, payload: { files: [{ name: bash.main, content: bash.program }] } }, 'a shell reads the same body')
  t.match(invitation({ url: 'http://127.0.0.1:8088', token: 'T' }, [python]), /\ncurl -s http[^]*\ncurl -s -N /)
})
