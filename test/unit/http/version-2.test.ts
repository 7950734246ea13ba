import t from 'tap'

import { foreignImage, languageImage } from '../fakes.js'
import { startApp } from './start-app.js'

const NEW = languageImage('python', { protocol: 2 })
const OLD = languageImage('ruby')
const FOREIGN = foreignImage()
const FILES = [{ name: 'main.py', content: '' }]

void t.test('the members of version 2 are checked, and errors name the member', async (t) => {
  const { post, runs } = await startApp(t, { images: [NEW] })
  const cases: Array<[object, string]> = [
    [{ files: [...FILES, { name: 'x', content: 'a', encoding: 'base64' }] }, 'payload.files[1].content must be base64'],
    [{ files: [{ name: 'x', content: 'YQ==\n', encoding: 'base64' }] }, 'payload.files[0].content must be base64'],
    [{ files: [{ name: 'x', content: 'a===', encoding: 'base64' }] }, 'payload.files[0].content must be base64'],
    [{ files: [{ name: 'x', content: 'YWE9YR==', encoding: 'base64' }] }, 'payload.files[0].content must be base64'],
    [{ files: [{ name: 'x', content: 'YQ==', encoding: 'hex' }] }, 'payload.files[0].encoding must be equal to one of the allowed values'],
    [{ outputs: 'x' }, 'payload.outputs must be array,null'],
    [{ outputs: Array(33).fill('x') }, 'payload.outputs must NOT have more than 32 items'],
    [{ outputs: ['x', ''] }, 'payload.outputs[1] must not be empty'],
    [{ outputs: ['x'.repeat(256)] }, 'payload.outputs[0] must be at most 255 bytes long'],
    [{ outputs: ['/etc/passwd'] }, 'payload.outputs[0] must be relative to the work directory'],
    [{ outputs: ['a/../../x'] }, 'payload.outputs[0] must not contain ".."'],
    [{ outputs: ['a\0'] }, 'payload.outputs[0] must not contain NUL characters'],
    [{ cases: [] }, 'payload.cases must contain at least one case'],
    [{ cases: Array(101).fill({}) }, 'payload.cases must contain at most 100 cases (RUN_MAX_CASES)'],
    [{ cases: [{}, { limits: { time: 0 } }] }, 'payload.cases[1].limits.time must be > 0'],
    [{ cases: [{ stdin: 1 }] }, 'payload.cases[0].stdin must be string,null'],
    [{ cases: [{ stdin: '\ud800' }] }, 'payload.cases[0].stdin must be well-formed Unicode: it contains a lone surrogate'],
    [{ cases: [{ args: ['a', 'b\0'] }] }, 'payload.cases[0].args[1] must not contain NUL characters'],
    [{ stopOnFailure: 1 }, 'payload.stopOnFailure must be boolean,null']
  ]
  for (const [members, message] of cases) {
    const response = await post('/run', { image: NEW.ref, payload: { files: FILES, ...members } })
    t.same([response.statusCode, response.json()], [400, { error: 'request.invalid', message }])
  }
  t.equal(runs.requests.length, 0)
})

void t.test('older and foreign images refuse the members of version 2', async (t) => {
  const { post, runs } = await startApp(t, { images: [OLD, FOREIGN] })
  const members: Array<[object, string]> = [
    [{ cases: [{}] }, 'cases'], [{ outputs: [] }, 'outputs'], [{ stopOnFailure: false }, 'stopOnFailure'],
    [{ files: [...FILES, { name: 'x', content: '', encoding: 'base64' }] }, 'files[1].encoding']
  ]
  for (const [image, actual] of [[OLD, 'implements version 1'], [FOREIGN, 'does not implement the protocol']] as const) {
    for (const [member, name] of members) {
      const response = await post('/run', { image: image.ref, payload: { files: FILES, ...member } })
      t.same([response.statusCode, response.json().message], [400, `payload.${name} requires version 2 of the runner protocol, but the image ${image.ref} ${actual}`])
    }
    const response = await post('/run', { image: image.ref, payload: { files: [{ name: 'x', content: '', encoding: 'utf8' }], cases: null, outputs: null } })
    t.equal(response.statusCode, 200, 'null and the default have no effect')
  }
  t.equal(runs.requests.length, 2)
})

void t.test('the payload for version 2 contains the new members and the limits of the run', async (t) => {
  const { post, runs } = await startApp(t, { images: [NEW] })
  const files = [{ name: 'main.py', content: '' }, { name: 'x', content: 'YQ==', encoding: 'base64' }]
  const outputs = ['plot.png', 'out/**']
  await post('/run', {
    image: NEW.ref,
    payload: { files, outputs, stopOnFailure: true, stream: true, interactive: true, limits: { time: 2, total: 1e9, idle: 1 }, cases: [{ stdin: 'a', args: ['b'], expectedStdout: 'c', limits: { time: 3, buildTime: 1, output: 5 }, other: 1 }, {}] }
  })
  t.same(JSON.parse(String(runs.requests[0]?.payload)), {
    files, outputs, stopOnFailure: true, limits: { time: 2, total: 60 }, cases: [{ stdin: 'a', args: ['b'], expectedStdout: 'c', limits: { time: 2, output: 5 } }, {}]
  }, 'only the service asks for events')
  t.match(runs.requests[0], { streams: false, limits: { timeMs: 60_000 } })
})
