import t from 'tap'

import { startService, TOKEN } from '../engine/kit.js'
import { runPythonClient } from './python-client.js'

const CLIENT = 'ultra-piston==1.0.1'

t.test('a client of Piston lists runtimes and packages, and runs programs', async (t) => {
  const service = await startService(t)
  const results = await runPythonClient(CLIENT, 'piston.py', [`${service.url}/api/v2/`, TOKEN]) as Record<string, Array<{ language: string }>>
  t.match(results.runtimes?.find(({ language }) => language === 'python'), { version: /^3\.\d+\.\d+$/, aliases: ['py', 'py3', 'python3'] })
  t.match(results.packages?.find(({ language }) => language === 'c'), { language_version: /^\d+\.\d+\.\d+$/, installed: true })
  t.match(results, {
    python: { language: 'python', version: /^3\./, run: { stdout: 'a in\n', stderr: '', output: 'a in\n', code: 0, signal: null } },
    javascript: { language: 'javascript', run: { stdout: '', stderr: 'e\n', output: 'e\n', code: 0 } },
    c: { compile: { code: 0 }, run: { stdout: '42\n', code: 3, signal: null } },
    broken: { compile: { code: 1, stderr: /error/ }, run: { code: 1 } },
    late: { run: { code: null, signal: 'SIGKILL' } },
    async: { run: { stdout: '1\n' } }
  })
})
