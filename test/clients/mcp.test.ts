import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import t from 'tap'

import { startService, TOKEN, until, type Service, type Test } from '../engine/kit.js'
import { bridged, firstSdk, inspector, secondSdk, type McpClient } from './mcp-clients.js'
import { commands, configuredServers } from './mcp-page.js'

/** Writes an image of 2 × 2 pixels with Python's standard library. */
const PNG = `
import struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\\0' + bytes([255, 0, 0]) * 2 for _ in range(2))
with open('red.png', 'wb') as f:
    f.write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
open('notes.txt', 'w').write('done')
`
const COUNT = 'import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(2)'

const CLIENTS = { 'version 1 of the SDK': firstSdk, 'version 2 of the SDK': secondSdk }

async function connected (t: Test, connect: (url: string) => Promise<McpClient>): Promise<{ service: Service, client: McpClient }> {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '20' } })
  const client = await connect(`${service.url}/mcp`)
  t.teardown(async () => { await client.close() })
  return { service, client }
}

for (const [name, connect] of Object.entries(CLIENTS)) {
  t.test(`${name} lists the tools and runs programs`, async (t) => {
    const { client } = await connected(t, connect)
    const { tools } = await client.listTools()
    t.match(tools.map(({ name }) => name), ['run_code', 'list_languages'])
    const { structuredContent } = await client.call('list_languages', {})
    t.match((structuredContent?.languages as Array<{ name: string }>).find(({ name }) => name === 'python'), { version: /^3\./, mainFile: 'main.py' })

    const args = { language: 'python', code: 'import sys\nprint(sys.argv[1:], input(), open("data/in.txt").read())', stdin: 'in', args: ['a', 'b'], files: [{ name: 'data/in.txt', content: 'größe' }] }
    const result = await client.call('run_code', args)
    t.match(result.content, [{ type: 'text', text: /^completed: The program exited with code 0\. [^]*stdout:\n\['a', 'b'\] in größe\n$/ }])
    t.match(result.structuredContent, { outcome: 'completed', stdout: '[\'a\', \'b\'] in größe\n', exitCode: 0 })
    t.notOk(result.isError)
  })

  t.test(`${name} receives images and files`, async (t) => {
    const { client } = await connected(t, connect)
    const { content, structuredContent } = await client.call('run_code', { language: 'python', code: PNG, outputs: ['*.png', 'notes.txt'] })
    const [text, notes, image] = content
    t.match(text?.text, /files:\n- notes\.txt: 4 bytes\n- red\.png: \d+ bytes, image\/png$/)
    t.same(notes, { type: 'resource', resource: { uri: 'runonce:///notes.txt', mimeType: 'text/plain', text: 'done' } })
    t.match(image, { type: 'image', mimeType: 'image/png' })
    const png = Buffer.from(image?.data ?? '', 'base64')
    t.match([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 2, 2], 'the image has its width and height')
    t.match(structuredContent, { outcome: 'completed' })
  })

  t.test(`${name} receives failures as results and errors of the tool`, async (t) => {
    const { client } = await connected(t, connect)
    const broken = await client.call('run_code', { language: 'cpp', code: 'int main() { return x; }' })
    t.match(broken, { content: [{ text: /^build_failed: [^]*stderr:\n[^]*main\.cpp:1:[^]*x/ }], structuredContent: { outcome: 'build_failed' } })
    t.notOk(broken.isError)
    const late = await client.call('run_code', { language: 'python', code: 'print("begin", flush=True)\nwhile True: pass', limits: { time: 1 } })
    t.match(late, { content: [{ text: /^timeout: Time limit of 1 s exceeded[^]*stdout:\nbegin\n$/ }], structuredContent: { outcome: 'timeout' } })
    t.match(await client.call('run_code', { language: 'pyton', code: '' }), { isError: true, content: [{ text: /^language\.unsupported: [^]*The most similar name is python$/ }] })
    t.match(await client.call('run_code', { language: 'python' }), { isError: true, content: [{ text: /^request\.invalid: code is required/ }] })
    await t.rejects(client.call('no_such', {}), { message: /Unknown tool: no_such/ })
  })

  t.test(`${name} receives progress and cancels a run`, async (t) => {
    const { service, client } = await connected(t, connect)
    const messages: string[] = []
    let ended = false
    const counting = client.call('run_code', { language: 'python', code: COUNT }, { onprogress: ({ message = '' }) => { if (!ended) messages.push(message) } })
    await until(async () => messages.some((message) => message.includes('0')) && await service.running(1), 'progress while the program runs')
    t.match(await counting, { structuredContent: { stdout: '0\n1\n2\n' } })
    ended = true
    t.match([messages[0], messages.slice(1).join('')], ['The program starts', '0\n1\n2\n'])
    t.ok(messages.length >= 4, `${messages.length} notifications`)

    const controller = new AbortController()
    const endless = client.call('run_code', { language: 'python', code: 'while True: pass' }, { signal: controller.signal })
    await service.running(1)
    controller.abort()
    await t.rejects(endless)
    const cancelledAt = Date.now()
    await service.running(0)
    t.ok(Date.now() - cancelledAt < 10_000, 'the run does not reach its time limit')
  })
}

t.test('the inspector lists the tools without problems and calls them', async (t) => {
  const target = [`${(await startService(t)).url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${TOKEN}`]
  const home = t.testdir()
  t.match(await inspector(home, [...target, '--method', 'tools/list', '--strict']), { tools: [{ name: 'run_code', title: 'Run a program' }, { name: 'list_languages' }] })
  const result = await inspector(home, [...target, '--method', 'tools/call', '--tool-name', 'run_code', '--tool-arg', 'language=python', 'code=print(6 * 7)'])
  t.match(result, { content: [{ type: 'text', text: /stdout:\n42\n/ }], structuredContent: { stdout: '42\n', exitCode: 0 } })
})

t.test('the configuration files in docs/mcp.md work', async (t) => {
  const { url } = await startService(t)
  const servers = configuredServers(url, TOKEN)
  t.equal(servers.length, 4)
  for (const server of servers) {
    const client = server.url === undefined ? await bridged(server, t.testdir()) : await firstSdk(server.url, server.headers)
    t.match(await client.call('run_code', { language: 'python', code: 'print(1)' }), { structuredContent: { stdout: '1\n' } }, JSON.stringify(server))
    await client.close()
  }
})

t.test('the commands in docs/mcp.md work', async (t) => {
  const { url } = await startService(t)
  const [add = '', inspect = '', curl = ''] = commands(url)
  const [, sent] = add.split(' --header ')
  t.match([add, sent], [`http runonce ${url}/mcp `, '"Authorization: Bearer $TOKEN"\n'])
  const [, args = ''] = inspect.split('inspector --cli ')
  const shown = await promisify(execFile)('sh', ['-c', `printf '%s\\0' ${args}`], { env: { TOKEN } })
  t.match(await inspector(t.testdir(), shown.stdout.split('\0').slice(0, -1)), { structuredContent: { stdout: '42\n' } })
  const { stdout } = await promisify(execFile)('sh', ['-c', curl], { env: { PATH: process.env.PATH, TOKEN } })
  t.match(stdout, /^event: message\ndata: {"result":{"content":\[{"type":"text","text":"completed: [^]*"structuredContent":{"stdout":"42\\n",/)
})
