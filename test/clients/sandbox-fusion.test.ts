import t from 'tap'

import { startService, TOKEN } from '../engine/kit.js'
import { runPythonClient } from './python-client.js'

const CLIENT = 'sandbox-fusion==0.3.7'

t.test('SandboxFusion\'s client runs programs, one at a time and 64 at once', async (t) => {
  const service = await startService(t, { env: { RUN_QUEUE_TIMEOUT: '120', POOL_MAX: '4', POOL_IMAGES: 'runonce/python' } })
  const results = await runPythonClient(CLIENT, 'sandbox-fusion.py', [service.url.replace('://', `://user:${TOKEN}@`)]) as Record<string, unknown>
  t.match(results.sync, {
    python: { status: 'Success', message: '', compile_result: null, run_result: { status: 'Finished', return_code: 0, stdout: 'cba\n', stderr: '' }, files: {}, summary: 'Success' },
    nodejs: { status: 'Success', run_result: { stdout: '42\n' } },
    cpp: { status: 'Success', compile_result: { status: 'Finished', return_code: 0 }, run_result: { stdout: '3\n' }, summary: 'Success' },
    files: { run_result: { stdout: 'grüße\n' } },
    'compile failed': { status: 'Failed', compile_result: { return_code: 1, stderr: /error/ }, run_result: null, summary: 'compile failed' },
    'run failed': { status: 'Failed', run_result: { return_code: 3, stdout: 'out\n' }, summary: 'run failed' },
    signal: { status: 'Failed', run_result: { status: 'Finished', return_code: -11 } },
    'run timeout': { status: 'Failed', run_result: { status: 'TimeLimitExceeded', return_code: null, stdout: 'before\n' }, summary: 'run timeout' }
  })
  const numbers = Array.from({ length: 64 }, (_, n) => n)
  t.same(results.threads, numbers.map((n) => `${n}\n`))
  t.same(results.async, numbers.map((n) => `${n * n}\n`))
  t.match(results.refused, /Sandbox responded with error: No image for the language lean is present/)
})
