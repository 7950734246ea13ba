import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import t from 'tap'

import * as compat from '../../../service/http/compat/index.js'
import { startApp } from '../http/start-app.js'
import { markdownFiles, proseLines, read, ROOT, tableRows } from './pages.js'

interface Schema { enum?: string[], properties?: Record<string, Schema>, items?: Schema, anyOf?: Schema[] }
interface Content { content?: Record<string, { schema: Schema }> }
interface OpenApi {
  paths: Record<string, Record<string, { requestBody?: Content, responses: Record<string, Content> }>>
  components: { schemas: { Payload: Schema } }
}

const api = read('docs/api.md')
const protocol = read('docs/protocol.md')

async function openApi (t: Parameters<typeof startApp>[0]): Promise<OpenApi> {
  return (await startApp(t)).app.swagger() as unknown as OpenApi
}

/** Returns the code spans and code blocks of a page. */
function codeOf (markdown: string): string {
  return [...markdown.matchAll(/```[^]*?```|`[^`]+`/g)].map(([code]) => code).join('\n')
}

function namesIn (schema: Schema | undefined): string[] {
  if (schema === undefined) return []
  const nested = [...Object.values(schema.properties ?? {}), ...schema.items === undefined ? [] : [schema.items], ...schema.anyOf ?? []]
  return [...Object.keys(schema.properties ?? {}), ...nested.flatMap(namesIn)]
}

const schemasOf = ({ content = {} }: Content = {}) => Object.values(content).map(({ schema }) => schema)

/** Returns the names in the first column of the tables in a section. */
function fieldsIn (markdown: string, from: string, to: string): Set<string> {
  return new Set(tableRows(markdown, from, to).flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)))
}

/** Returns status and slug of each error that the service can return, in the format of the source: `401, 'access_token'`. */
function serviceErrors (): string[] {
  const files = readdirSync(join(ROOT, 'service'), { recursive: true }).map(String).filter((file) => file.endsWith('.ts'))
  const errors = files.flatMap((file) => [...read(`service/${file}`).matchAll(/\b([45]\d\d), '([a-z_]+(?:\.[a-z_]+)*)'/g)].map(([, status, slug]) => `${status} ${slug}`))
  return [...new Set(errors)]
}

/** The number of compatible APIs that docs/api.md describes. */
const DESCRIBED_APIS = 6

void t.test('docs/api.md lists exactly the routes of the service', async (t) => {
  const { paths } = await openApi(t)
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`))
  const documented = tableRows(api, '## Requests and responses', '## POST /run').flatMap(([route = '']) => [...route.matchAll(/`([A-Z]+ \/\S*)`/g)].map(([, name = '']) => name))
  // The OpenAPI document does not describe the routes of this document and of pages, and the route of MCP, whose requests are JSON-RPC.
  const served = [...routes, 'GET /docs', 'GET /playground', 'GET /openapi.json', 'POST /mcp']
  t.same(served.filter((route) => !documented.includes(route)), [], 'every route is described')
  // Someone who deletes an API can keep its description.
  if (Object.keys(compat).length === DESCRIBED_APIS) t.same(documented.filter((route) => !served.includes(route)), [], 'every described route exists')
})

void t.test('docs/api.md names every field of every request and response', async (t) => {
  const { paths, components } = await openApi(t)
  const words = new Set(codeOf(api + protocol).match(/\w+/g))
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const schemas = [components.schemas.Payload, ...operations.flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)].flatMap(schemasOf))]
  const names = new Set(schemas.flatMap(namesIn))
  t.ok(names.size > 40, `${names.size} names`)
  t.same([...names].filter((name) => !words.has(name)), [])
})

void t.test('docs/api.md lists exactly the error slugs of the service with their status', async (t) => {
  const documented = new Set(tableRows(api, '## Errors', '### Queue and rate limits').filter(([status]) => /^\d+$/.test(status ?? '')).map(([status, slug]) => `${status} ${slug?.replaceAll('`', '')}`))
  // This slug occurs only in metrics, because the client has disconnected.
  const returned = serviceErrors().filter((error) => error !== '499 client_gone')
  t.ok(returned.length > 20, `${returned.length} errors`)
  t.same([...documented].sort(), returned.sort())
})

void t.test('docs/protocol.md and README list every member of the result', async (t) => {
  const { paths } = await openApi(t)
  const [schema] = schemasOf(paths['/run']?.post?.responses['200'])
  const members = Object.keys(schema?.properties ?? {})
  t.ok(members.length > 12, `${members.length} members`)
  const inProtocol = fieldsIn(protocol, '## Result', '### Outcomes')
  const inReadme = fieldsIn(read('README.md'), '## Result', '## Security')
  for (const member of members) {
    t.ok(inProtocol.has(member), `docs/protocol.md: ${member}`)
    t.ok(inReadme.has(member), `README.md: ${member}`)
  }
})

void t.test('docs/protocol.md and README list exactly the outcomes of a run', async (t) => {
  const { paths } = await openApi(t)
  const [schema] = schemasOf(paths['/run']?.post?.responses['200'])
  const outcomes = schema?.properties?.outcome?.enum ?? []
  t.ok(outcomes.length > 6, `${outcomes.length} outcomes`)
  t.same(tableRows(protocol, '### Outcomes', '## What the runner guarantees').map(([cell = '']) => cell.replaceAll('`', '')).slice(1), outcomes)
  const words: string[] = codeOf(read('README.md')).match(/\w+/g) ?? []
  t.same(outcomes.filter((outcome) => !words.includes(outcome)), [])
})

void t.test('docs/protocol.md and docs/api.md list every member of the payload', async (t) => {
  const { components } = await openApi(t)
  const members = Object.keys(components.schemas.Payload.properties ?? {})
  t.ok(members.length > 6, `${members.length} members`)
  const inProtocol = fieldsIn(protocol, '## Payload', '### File names')
  const inApi = fieldsIn(api, '## POST /run', '## POST /run/:language and POST /')
  for (const member of members) t.ok(inProtocol.has(member) && inApi.has(member), member)
})

void t.test('docs/operations.md lists every metric that the dashboard and the alerts use', async (t) => {
  const used = read('deploy/grafana/dashboards/runonce.json') + read('deploy/prometheus/alerts.yml')
  const metrics = new Set([...used.matchAll(/\brunonce_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')))
  const words = new Set(codeOf(read('docs/operations.md')).match(/\w+/g))
  t.ok(metrics.size > 8, `${metrics.size} metrics`)
  t.same([...metrics].filter((name) => !words.has(name)), [])
})

void t.test('docs/operations.md explains every alert', async (t) => {
  const alerts = [...read('deploy/prometheus/alerts.yml').matchAll(/- alert: (\w+)$/gm)].map(([, name = '']) => name)
  const rows = tableRows(read('docs/operations.md'), '## Alerts', '## Stop').map(([name]) => name)
  t.same(rows.slice(1), alerts)
})

void t.test('docs/architecture.md states the purpose of every package', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'))
  const words = tableRows(read('docs/architecture.md'), '## The service', '## The pool').map(([cell = '']) => cell.split(', ')).flat()
  const packages = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'))
  t.same(packages.filter((name) => !words.includes(name)), [])
})

void t.test('every npm script on a page exists', async (t) => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = markdownFiles().flatMap((page) => [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z0-9:-]*)/g)].map(([, name = '']) => ({ page, name })))
  t.ok(named.length > 20, `${named.length} mentions`)
  t.same(named.filter(({ name }) => !Object.hasOwn(scripts, name)), [])
})

void t.test('all files state the same minimum version of Node', async (t) => {
  const { engines } = JSON.parse(read('package.json'))
  const [, minimum = ''] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? []
  t.not(minimum, '')
  const pages = [...markdownFiles(), 'deploy/Dockerfile']
  const stated = pages.flatMap((page) => proseLines(read(page)).flatMap(({ text }) => [...text.matchAll(/Node (\d+\.\d+) or newer/g)].map(([, version]) => ({ page, version }))))
  t.ok(stated.length > 2)
  t.same(stated.filter(({ version }) => version !== minimum), [])
})
