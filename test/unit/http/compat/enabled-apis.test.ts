import t from 'tap'

import { ConfigError } from '../../../../service/config/config.js'
import type { CompatApi } from '../../../../service/http/compat/compat-api.js'
import * as compat from '../../../../service/http/compat/index.js'
import { enabledApis } from '../../../../service/http/enabled-apis.js'
import { SECOND_TOKEN, startApp, TOKEN } from '../start-app.js'

const APIS: CompatApi[] = Object.values(compat)
const NAMES = APIS.map(({ name }) => name)
const CODE = { code: '' }
const basic = (credentials: string | Buffer) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` })

t.test('all APIs are enabled by default, and GET / lists them', async (t) => {
  const { app } = await startApp(t)
  t.same((await app.inject({ url: '/' })).json().apis, NAMES)
  t.equal(new Set(NAMES).size, NAMES.length, 'the names are unique')
})

t.test('only the APIs in COMPAT_APIS have routes', async (t) => {
  const { app, post } = await startApp(t, { env: { COMPAT_APIS: 'api-execute' } })
  t.same((await app.inject({ url: '/' })).json().apis, ['api-execute'])
  t.equal((await post('/api/execute', { ...CODE, language: 'python' })).statusCode, 200)
  t.equal((await post('/run/python', CODE)).statusCode, 404)
  t.equal((await post('/', CODE)).statusCode, 405)
})

t.test('without APIs, POST /run remains', async (t) => {
  const { app, post } = await startApp(t, { env: { COMPAT_APIS: '' } })
  t.same((await app.inject({ url: '/' })).json().apis, [])
  t.equal((await post('/api/execute', CODE)).statusCode, 404)
  t.equal((await post('/run', { image: 'runonce/python:latest', payload: { files: [{ name: 'a', content: '' }] } })).statusCode, 200)
})

t.test('an unknown API is an error that lists the known ones', async (t) => {
  t.throws(() => enabledApis(['api-execute', 'judge9']), new ConfigError([`COMPAT_APIS: invalid value "judge9": must be one of all, ${NAMES.join(', ')}`]))
})

t.test('the token can be the user name or the password of the scheme Basic', async (t) => {
  const { app, runs } = await startApp(t)
  const cases: Array<[string, string]> = [
    [`${TOKEN}:`, 'default'], [TOKEN, 'default'], [`:${TOKEN}`, 'default'], [`user:${TOKEN}`, 'default'], [`${TOKEN}:x`, 'default'],
    [`${SECOND_TOKEN}:`, 'grader'], [`x:${SECOND_TOKEN}`, 'grader'], [`${TOKEN}:${SECOND_TOKEN}`, 'default']
  ]
  for (const [credentials, name] of cases) {
    const response = await app.inject({ method: 'POST', url: '/run/python', headers: basic(credentials), payload: CODE })
    t.equal(response.statusCode, 200, credentials)
    t.equal(runs.requests.at(-1)?.tokenName, name, credentials)
  }
  const { authorization } = basic(`${TOKEN}:`)
  t.equal((await app.inject({ method: 'POST', url: '/', headers: { authorization: authorization.replace('Basic', 'bAsIc ') }, payload: CODE })).statusCode, 200)
})

t.test('a token with colons or beyond ASCII works with the scheme Basic', async (t) => {
  const token = 'größe:of:the:token-à'
  const { app } = await startApp(t, { env: { API_ACCESS_TOKEN: token } })
  t.equal((await app.inject({ method: 'POST', url: '/', headers: basic(`user:${token}`), payload: CODE })).statusCode, 200)
})

t.test('wrong credentials of the scheme Basic return 401, and responses never ask for this scheme', async (t) => {
  const { app, runs } = await startApp(t)
  const wrong = [
    ...['', ':', 'user:wrong', `user:${TOKEN}x`, `${TOKEN}x:`, `user:pass:${TOKEN}`].map(basic),
    { authorization: `Basic ${TOKEN}` }, { authorization: 'Basic' }, { authorization: 'Basic ====' }
  ]
  for (const headers of wrong) {
    const response = await app.inject({ method: 'POST', url: '/run/python', headers, payload: CODE })
    t.equal(response.statusCode, 401, headers.authorization)
    t.equal(response.headers['www-authenticate'], 'Bearer realm="runonce"')
  }
  t.same(runs.requests, [])
})

t.test('the routes that are not part of a compatible API do not accept the scheme Basic', async (t) => {
  const { app } = await startApp(t)
  for (const [method, url] of [['POST', '/run'], ['GET', '/version']] as const) {
    t.equal((await app.inject({ method, url, headers: basic(`${TOKEN}:`) })).statusCode, 401, url)
  }
})

t.test('an API does not accept forms, which browsers send to other origins without a preflight request', async (t) => {
  const { post, runs } = await startApp(t)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    t.equal((await post('/run/python', '{"code": ""}', { 'content-type': type })).statusCode, 415, type)
  }
  t.same(runs.requests, [])
})

t.test('/openapi.json marks every route of the APIs with all schemes for the token', async (t) => {
  const routesWith = async (apis: string) => {
    const { app } = await startApp(t, { env: { COMPAT_APIS: apis } })
    const { paths } = (await app.inject({ url: '/openapi.json' })).json()
    return new Map(Object.entries<Record<string, { security?: unknown }>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => [`${method} ${path}`, security] as const)))
  }
  const without = await routesWith('')
  for (const { name, tokenHeader } of APIS) {
    const added = [...await routesWith(name)].filter(([route]) => !without.has(route))
    // The Model Context Protocol describes its tools itself.
    t.equal(added.length > 0, name !== 'mcp', name)
    const schemes = [{ bearer: [] }, { accessToken: [] }, { basic: [] }, ...tokenHeader === undefined ? [] : [{ authToken: [] }]]
    for (const [route, security] of added) t.same(security, schemes, route)
  }
})
