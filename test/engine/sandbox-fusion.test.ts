import t from 'tap'

import { needImages, startService } from './kit.js'

void t.before(async () => { await needImages('python', 'cpp') })

const BYTES = Buffer.from([0, 0xff, 0x80, 0x0a])

void t.test('binary files reach the program, and fetch_files returns files as base64', async (t) => {
  const service = await startService(t)
  const code = 'data = open("in/data.bin", "rb").read()\nopen("out.bin", "wb").write(data[::-1])\nopen("a[1].txt", "w").write("grüße")'
  const { body } = await service.post('/run_code', {
    code, language: 'python', files: { 'in/data.bin': BYTES.toString('base64') }, fetch_files: ['./out.bin', 'a[1].txt', 'none.txt']
  })
  t.match(body, { status: 'Success', run_result: { status: 'Finished', return_code: 0 } })
  t.same(body.files, { './out.bin': Buffer.from(BYTES).reverse().toString('base64'), 'a[1].txt': Buffer.from('grüße').toString('base64') })
})

void t.test('a compiled program returns files, and its build and run have separate time limits', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '60', RUN_MAX_CASES_TIME: '120' } })
  const run = async (code: string, more: object) => (await service.post('/run_code', { code, language: 'cpp', compile_timeout: 60, ...more })).body
  const written = await run('#include <cstdio>\nint main() { fputs("42", fopen("out.txt", "w")); }', { fetch_files: ['out.txt'] })
  t.match(written, { status: 'Success', compile_result: { return_code: 0 }, run_result: { return_code: 0 } })
  t.same(written.files, { 'out.txt': Buffer.from('42').toString('base64') })
  const late = await run('#include <cstdio>\n#include <unistd.h>\nint main() { puts("kept"); fflush(stdout); for (;;) pause(); }', { run_timeout: 0.5 })
  t.match(late, { status: 'Failed', compile_result: { return_code: 0 }, run_result: { status: 'TimeLimitExceeded', return_code: null, stdout: 'kept\n' } })
  t.ok(late.run_result.execution_time < 5, `${late.run_result.execution_time} s`)
})
