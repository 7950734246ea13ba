import t from 'tap'
import { Check } from 'typebox/schema'

import { CASES, RUN } from './openapi-cases.js'
import { startApp } from './start-app.js'

interface Schema { type?: string, properties?: Record<string, Schema>, items?: Schema, anyOf?: Schema[], required?: string[] }
type Documented = Record<string, Record<string, { requestBody?: { required?: boolean, content: Record<string, { schema: Schema }> }, responses: Record<string, { content: Record<string, { schema: Schema }> }> }>>

t.test('/openapi.json documents exactly the responses of every route', async (t) => {
  const { app } = await startApp(t)
  const paths = (await app.inject({ url: '/openapi.json' })).json().paths as Documented
  const seen = new Set<string>()
  for (const { path, method = 'get', status, url: requested = path, options, body, headers, arrange } of CASES) {
    const service = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '100' }, ...options })
    const url = typeof requested === 'string' ? requested : await requested(service)
    const what = `${method} ${url}: ${status}`
    if (status === 429) for (let i = 0; i < 100; i++) await service.inject({ url: '/version', headers: { 'x-access-token': 'a-second-one-for-the-grader' } })
    arrange?.(service)
    const answer = body === undefined
      ? await service.inject({ method, url, ...(headers === undefined ? {} : { headers }) })
      : await service.post(url, body, headers)
    t.equal(answer.statusCode, status, what)
    const documented = paths[path]?.[method]?.responses[status]?.content ?? {}
    const [type = ''] = String(answer.headers['content-type']).split(';')
    const schema = documented[type]?.schema
    t.ok(schema, `${what} is documented as ${type}`)
    const said: unknown = type === 'application/json' ? answer.json() : answer.body
    t.ok(Check(schema ?? {}, said), `${what} matches the schema`)
    t.same(unknownMembers(schema ?? {}, said), [], `${what} has no other members`)
    seen.add(`${method} ${path} ${status}`)
  }
  // jobs-openapi.test.ts tests the routes for jobs.
  const documented = Object.entries(paths).filter(([path]) => !path.startsWith('/jobs')).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { responses }]) =>
    Object.keys(responses).map((status) => `${method} ${path} ${status}`)))
  t.same(documented.sort(), [...seen].sort())
})

t.test('/openapi.json documents the request bodies', async (t) => {
  const { app } = await startApp(t)
  const { paths, components } = (await app.inject({ url: '/openapi.json' })).json() as { paths: Documented, components: { schemas: Record<string, Schema> } }
  const bodyOf = (path: string) => paths[path]?.post?.requestBody
  for (const path of ['/run', '/run/{language}', '/', '/api/execute']) t.equal(bodyOf(path)?.required, true, path)
  const schemaOf = (path: string) => bodyOf(path)?.content['application/json']?.schema ?? {}
  t.same(schemaOf('/run').required, ['image', 'payload'])
  t.same(schemaOf('/run/{language}').required, ['code'])
  t.same(schemaOf('/api/execute').required, ['code', 'language'])
  t.same(Object.keys(components.schemas.Payload?.properties ?? {}), ['language', 'files', 'stdin', 'command', 'runInstructions', 'args', 'env', 'limits', 'outputs', 'cases', 'stopOnFailure'])
  t.ok(Check(components.schemas.Payload as object, RUN.payload))
})

/** Returns members that a schema does not define. A schema without properties allows any members. */
function unknownMembers (schema: Schema, value: unknown): string[] {
  if (schema.anyOf !== undefined) return unknownMembers(schema.anyOf.find((one) => Check(one, value)) ?? {}, value)
  if (Array.isArray(value)) return value.flatMap((item) => unknownMembers(schema.items ?? {}, item))
  const { properties } = schema
  if (typeof value !== 'object' || value === null || properties === undefined || Object.keys(properties).length === 0) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name]
    return known === undefined ? [name] : unknownMembers(known, member)
  })
}
