import t from 'tap'

import { readConfig, type Environment } from '../../../service/config/config.js'

const TOKEN = 'correct-horse-battery-staple'
const KEY = Buffer.alloc(32, 7).toString('base64')

const read = (env: Environment = {}) => readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })

t.test('settings without effect because of other settings cause warnings; allowed combinations do not', async (t) => {
  const cases: Array<[Environment, RegExp]> = [
    [{ RUN_MAX_BUILD_TIME: '11' }, /^RUN_MAX_BUILD_TIME: 11 s has no effect: RUN_MAX_EXECUTION_TIME \(10 s\)/],
    [{ RUN_MAX_CODE_SIZE: '3000', RUN_MAX_PAYLOAD_SIZE: '2000' }, /^RUN_MAX_CODE_SIZE: 3000 bytes has no effect/],
    [{ JOBS_KEY: KEY }, /^JOBS_KEY: has no effect: REDIS_URL is not set/]
  ]
  for (const [env, message] of cases) t.match(read(env).warnings, [message])
  for (const env of [
    { POOL_MIN: '3', POOL_MAX: '0' }, { POOL_MIN: '2', POOL_MAX: '2' }, { RUN_MAX_BUILD_TIME: '10' }, { RUN_MAX_PAYLOAD_SIZE: '2000' },
    { REDIS_URL: 'redis://x' }, { SERVER_METRICS_PORT: '9090', SERVER_DOCS_PORT: '9090' }, { SERVER_LISTEN_PORT: '0', SERVER_METRICS_PORT: '0' },
    { DOCKER_CONTAINER_CAP_ADD: 'NET_RAW' }
  ]) t.same(read(env).warnings, [], JSON.stringify(env))
})
