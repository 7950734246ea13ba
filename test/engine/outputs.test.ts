import { createHash, randomBytes } from 'node:crypto'

import t from 'tap'

import { buildImage, needImages, startService, submission } from './kit.js'

void t.before(async () => { await needImages('python') })

void t.test('8 MiB of binary data are returned byte for byte', async (t) => {
  const service = await startService(t)
  const code = `import hashlib, random
data = b'\\x89PNG\\r\\n\\x1a\\n' + random.randbytes(8 * 1024 * 1024 - 8)
open('plot.png', 'wb').write(data)
print(hashlib.sha256(data).hexdigest())`
  const { stdout, files = [] } = await service.run('python', code, { outputs: ['plot.png'] })
  t.match(files, [{ name: 'plot.png', encoding: 'base64', size: 8 * 1024 * 1024, truncated: false }])
  t.equal(createHash('sha256').update(Buffer.from(files[0]?.content ?? '', 'base64')).digest('hex'), stdout.trim())
})

void t.test('binary files reach the program byte for byte', async (t) => {
  const service = await startService(t)
  const data = randomBytes(100_000)
  const files = [{ name: 'main.py', content: 'import shutil\nshutil.copy("in.bin", "out.bin")' }, { name: 'in.bin', content: data.toString('base64'), encoding: 'base64' as const }]
  const { files: returned = [] } = await service.run('python', files, { outputs: ['out.bin'] })
  t.same(Buffer.from(returned[0]?.content ?? '', 'base64'), data)
})

void t.test('patterns select files in the order of their names', async (t) => {
  const service = await startService(t)
  const code = `import os
os.makedirs('out/deep/er')
for name in ('b.txt', 'a.txt', 'c.bin', 'out/1.txt', 'out/deep/2.txt', 'out/deep/er/3.txt', 'Z.txt'):
    open(name, 'wb').write(b'\\xff' if name.endswith('bin') else name.encode())`
  const names = async (outputs: string[]) => (await service.run('python', code, { outputs })).files?.map(({ name }) => name)
  t.same(await names(['*.txt']), ['Z.txt', 'a.txt', 'b.txt'])
  t.same(await names(['?.bin', 'out/**', 'a.txt', 'a.txt']), ['a.txt', 'c.bin', 'out/1.txt', 'out/deep/2.txt', 'out/deep/er/3.txt'])
  t.same(await names(['[ab].txt', '**/3.txt']), ['a.txt', 'b.txt', 'out/deep/er/3.txt'])
  t.same(await names(['missing']), [])
  t.same(await names([]), [])
  const { files } = await service.run('python', code, { outputs: ['c.bin', 'b.txt'] })
  t.match(files, [{ content: 'b.txt', encoding: 'utf8' }, { content: '/w==', encoding: 'base64' }])
})

void t.test('links, pipes, sockets, huge files and swapped files neither expose other files nor block the run', async (t) => {
  const service = await startService(t)
  const code = `import os, socket
os.symlink('/etc/passwd', 'link')
os.symlink('/etc', 'folder')
os.mkfifo('fifo')
socket.socket(socket.AF_UNIX).bind('socket')
os.mkdir('dir')
with open('sparse', 'wb') as file: file.truncate(1 << 30)
if os.fork() == 0:
    os.setsid()
    while True:
        for make in (lambda: os.symlink('/etc/passwd', 'swap.new'), lambda: open('swap.new', 'w').write('mine')):
            make()
            os.rename('swap.new', 'swap')
open('normal', 'w').write('kept')`
  const { files = [], outcome } = await service.run('python', code, {
    outputs: ['link', 'folder/passwd', 'fifo', 'socket', 'dir', 'sparse', 'swap', 'normal', '**']
  })
  t.equal(outcome, 'completed')
  const found = new Map(files.map((file) => [file.name, file]))
  t.notMatch(JSON.stringify(files), /root:x/)
  t.match(found.get('normal'), { content: 'kept' })
  t.match(found.get('sparse'), { size: 1 << 30, truncated: true })
  for (const name of ['link', 'fifo', 'socket', 'dir']) t.match(found.get(name), { truncated: true, error: /not a regular file/ }, name)
  t.notOk(found.get('folder/passwd')?.content)
})

void t.test('files that do not fit are listed with their size', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_OUTPUT_FILES: '3', RUN_MAX_OUTPUT_FILES_SIZE: '1000' } })
  const code = 'for n in range(5): open(f"{n}", "w").write("x" * (900 if n == 1 else 90))'
  const { files = [] } = await service.run('python', code, { outputs: ['*'] })
  const texts = files.filter(({ content }) => content !== undefined)
  t.ok(texts.length <= 3 && texts.reduce((sum, { size }) => sum + size, 0) <= 1000)
  t.match(files.find(({ content }) => content === undefined), { truncated: true, size: Number })
})

void t.test('each case returns its own files', async (t) => {
  const service = await startService(t)
  const { cases = [] } = await service.run('python', 'text = input()\nopen("out.txt", "w").write(text)', { cases: [{ stdin: 'a' }, { stdin: 'b' }], outputs: ['*.txt'] })
  t.same(cases.map(({ files }) => files?.map(({ name, content }) => [name, content])), [[['out.txt', 'a']], [['out.txt', 'b']]])
})

void t.test('a file with a shebang line is executable', async (t) => {
  const service = await startService(t)
  const script = Buffer.from('#!/bin/sh\necho from a script\n').toString('base64')
  const files = [{ name: 'main.py', content: 'import subprocess\nsubprocess.run("./tool")' }, { name: 'tool', content: script, encoding: 'base64' as const }]
  t.match(await service.run('python', files), { stdout: 'from a script\n' })
})

void t.test('an image of version 1 refuses the new members', async (t) => {
  const service = await startService(t)
  const image = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["true"]\n', { 'runonce.protocol': '1', 'runonce.language': 'old' })
  const { status, body } = await service.post('/run', { ...submission('python', '', { outputs: ['x'] }), image })
  t.same([status, body.error], [400, 'request.invalid'])
  t.match(body.message, /^payload\.outputs requires version 2 .* implements version 1$/)
})
