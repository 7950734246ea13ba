import t from 'tap'

import { startApp, TOKEN } from './start-app.js'

/** Headers that only web pages have. */
const PAGE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin'
}

const directivesOf = (policy: unknown) => Object.fromEntries(String(policy).split(';').map((each) => {
  const [name = '', ...values] = each.trim().split(' ')
  return [name, values.join(' ')]
}))

t.test('the policy of the playground allows only its own files, data: images and the API', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/playground/', '/playground/style.css']) {
    const { statusCode, headers } = await app.inject({ url })
    t.equal(statusCode, 200, url)
    t.same(directivesOf(headers['content-security-policy']), {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'"
    })
    t.match(headers, PAGE_HEADERS)
    t.notOk(headers['strict-transport-security'])
    t.ok(headers['x-request-id'])
  }
})

t.test('the policy of /docs does not allow other hosts or inline scripts', async (t) => {
  const { app } = await startApp(t)
  const { headers, body } = await app.inject({ url: '/docs/' })
  const policy = directivesOf(headers['content-security-policy'])
  t.equal(policy['default-src'], "'none'")
  t.equal(policy['script-src'], "'self'")
  t.equal(policy['connect-src'], "'self'")
  t.notMatch(headers['content-security-policy'], /http|\*/)
  t.match(headers, PAGE_HEADERS)
  t.notMatch(body, /<script>/)
})

t.test('the API does not have the headers of pages', async (t) => {
  const { app } = await startApp(t)
  for (const response of [
    await app.inject({ url: '/' }), await app.inject({ url: '/api/languages' }), await app.inject({ url: '/openapi.json' }), await app.inject({ url: '/nowhere' }),
    await app.inject({ method: 'POST', url: '/run/python', payload: { code: '' }, headers: { 'x-access-token': TOKEN } })
  ]) {
    t.same(Object.keys(response.headers).filter((name) => name === 'content-security-policy' || name in PAGE_HEADERS), [], response.raw.req.url ?? '')
  }
})

t.test('/playground redirects with a relative URL, so that a proxy can add a prefix', async (t) => {
  const { app } = await startApp(t)
  const { statusCode, headers } = await app.inject({ url: '/playground' })
  t.equal(statusCode, 302)
  t.equal(headers.location, 'playground/')
})

t.test('a missing file returns the usual error, and a path cannot leave the folder', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/playground/nothing.js', '/docs/static/nothing.js', '/playground/%2e%2e/server.js', '/playground/..%2fserver.ts', '/playground/../server.ts', '/playground//etc/passwd']) {
    const { statusCode, body } = await app.inject({ url })
    t.ok([400, 403, 404].includes(statusCode), `${url}: ${statusCode}`)
    t.match(JSON.parse(body), { error: /^(not_found|request\.invalid)$/, message: String })
  }
})

t.test('the files of the playground do not add labels to the metrics', async (t) => {
  const { app } = await startApp(t)
  await app.inject({ url: '/playground/style.css' })
  await app.inject({ url: '/playground/nothing' })
  const routes = [...(await app.inject({ url: '/metrics' })).body.matchAll(/route="(\/playground[^"]*)"/g)].map(([, route]) => route)
  t.same([...new Set(routes)], ['/playground/*'])
})
