import { execFile } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'

import t from 'tap'

import { startService, TOKEN } from '../engine/kit.js'
import { interactiveExample } from '../engine/page-examples.js'
import { pythonWith } from './python-client.js'

t.test('the Python example of interactive runs in docs/api.md works', async (t) => {
  const service = await startService(t)
  const python = await pythonWith('websockets==15.0.1')
  const child = execFile(python, ['-I', '-c', interactiveExample('python', service.url)], { env: { PATH: process.env.PATH, TOKEN } })
  child.stdin?.end('Ada\n')
  t.equal(await text(child.stdout as Readable), 'Name? Hello Ada\ncompleted\n')
})
