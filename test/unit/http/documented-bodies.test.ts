/** The schemas in the OpenAPI document accept the same bodies as the routes that validate a part of the body themselves. */
import t from 'tap'
import { Check } from 'typebox/schema'

import * as compat from '../../../service/http/compat/index.js'
import { FakeJobs } from './fake-jobs.js'
import { startApp } from './start-app.js'

const PAYLOAD = { files: [{ name: 'main.py', content: '' }] }
const IMAGE = { image: 'runonce/python:latest', payload: PAYLOAD }
const CODE = { language: 'python', code: '' }
const PROGRAM = { source_code: 'x', language_id: 71 }
const not = (...bodies: unknown[]) => bodies.map((body) => ({ body, accepted: false }))
const yes = (...bodies: unknown[]) => bodies.map((body) => ({ body, accepted: true }))

const SUBMISSIONS = [
  ...yes(PROGRAM, { source_code: 1, language_id: ' 71.5 ' }, { ...PROGRAM, stdin: ['x'], cpu_time_limit: '2.5', wall_time_limit: '', memory_limit: null, stack_limit: -0.9 }),
  ...yes({ ...PROGRAM, number_of_runs: 1.9, enable_network: 'off', callback_url: null, max_file_size: {}, redirect_stderr_to_stdout: 'x' }),
  ...not({}, { ...PROGRAM, source_code: ' \n' }, { ...PROGRAM, source_code: [] }, { ...PROGRAM, language_id: true }, { ...PROGRAM, language_id: '7x' }),
  ...not({ ...PROGRAM, number_of_runs: 0.9 }, { ...PROGRAM, number_of_runs: 21 }, { ...PROGRAM, cpu_time_limit: true }, { ...PROGRAM, cpu_time_limit: '1s' }),
  ...not({ ...PROGRAM, wall_time_limit: 10.5 }, { ...PROGRAM, memory_limit: 2047.9 }, { ...PROGRAM, enable_network: true }, { ...PROGRAM, stack_limit: -1 }),
  ...not({ ...PROGRAM, command_line_arguments: 'x'.repeat(513) }, { ...PROGRAM, callback_url: 5 }, { ...PROGRAM, additional_files: 5 })
]
const BATCHES = [
  ...yes([PROGRAM], [PROGRAM, {}, 5]),
  ...not([], [{}], 'x', Array.from({ length: 21 }, () => PROGRAM))
].map(({ body, accepted }) => ({ body: { submissions: body }, accepted }))
const JOBS = [
  ...yes(IMAGE, CODE, { ...CODE, payload: 5 }, { ...IMAGE, code: 'x' }, { runs: [IMAGE, CODE], priority: 10, ttl: 1 }),
  ...not({}, { language: 'python' }, { image: IMAGE.image }, { ...IMAGE, ...CODE }, { ...IMAGE, payload: { files: [] } }),
  ...not({ runs: [] }, { runs: [{}] }, { runs: [CODE], code: '' }, { ...CODE, priority: 0 }, { ...CODE, ttl: 0 })
]

const ROUTES: Array<[path: string, cases: typeof JOBS]> = [['/jobs', JOBS]]
if ('judge0' in compat) ROUTES.push(['/submissions', SUBMISSIONS], ['/submissions/batch', BATCHES])

for (const [path, cases] of ROUTES) {
  t.test(`the documented body of ${path} is exact`, async (t) => {
    const service = await startApp(t, { jobs: new FakeJobs() })
    const { paths } = (await service.app.inject({ url: '/openapi.json' })).json()
    const { schema } = paths[path].post.requestBody.content['application/json']
    for (const { body, accepted } of cases) {
      const { statusCode } = await service.post(path, body)
      const text = JSON.stringify(body).slice(0, 200)
      t.equal(statusCode < 300, accepted, `${statusCode} ${text}`)
      t.equal(Check(schema, body), accepted, `the schema for ${text}`)
    }
  })
}
