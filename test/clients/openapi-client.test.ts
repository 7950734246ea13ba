import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import openapiTS, { astToString } from 'openapi-typescript'
import t from 'tap'

import { needImages, startService, TOKEN } from '../engine/kit.js'

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const OPTIONS = ['--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom', '--types', 'node', '--pretty', 'false']

const PROGRAM = `import createClient from 'openapi-fetch'

import type { paths } from './schema.js'

const client = createClient<paths>({ baseUrl: process.env.URL ?? '', headers: { 'X-Access-Token': process.env.TOKEN ?? '' } })

/** The result is text if the client asks for events. */
function resultOf<Data> (data: Data | string | undefined): Data | undefined {
  return typeof data === 'string' ? undefined : data
}

const run = await client.POST('/run', { body: { image: 'runonce/python:latest', payload: { files: [{ name: 'a.py', content: 'print(6 * 7)' }] } } })
const result = resultOf(run.data)
const duration: number | undefined = result?.duration
const code = await client.POST('/run/{language}', { params: { path: { language: 'python' } }, body: { code: 'exit(3)', limits: { time: 5 } } })
const piston = await client.POST('/api/v2/execute', { body: { language: 'python', version: '*', files: [{ content: 'print(input())' }], stdin: 'in' } })
const fusion = await client.POST('/run_code', { body: { code: 'print(1)', language: 'python' } })
const about = await client.GET('/')
const refused = await client.POST('/api/execute', { body: { code: '', language: 'none' } })
console.log(JSON.stringify([
  result?.stdout, typeof duration, resultOf(code.data)?.outcome, resultOf(code.data)?.exitCode, piston.data?.run.output, fusion.data?.run_result?.stdout, about.data?.name, refused.error?.error
]))
`
/** A program in which each request must cause an error of the compiler. */
const WRONG = `import createClient from 'openapi-fetch'
import type { paths } from './schema.js'
const client = createClient<paths>()
await client.POST('/run', { body: { image: 'x' } })
await client.POST('/run', { body: { image: 'x', payload: { files: 'a' } } })
await client.POST('/api/v2/execute', { body: { language: 5, version: '*', files: [] } })
await client.GET('/none')
`

t.test('a client generated from /openapi.json compiles and runs programs', async (t) => {
  await needImages('python')
  const service = await startService(t)
  const { body } = await service.request('/openapi.json')
  const folder = t.testdir({ 'package.json': '{"type": "module"}', 'schema.ts': astToString(await openapiTS(body)), 'program.ts': PROGRAM, 'wrong.ts': WRONG })
  const compile = async (file: string) => await promisify(execFile)(process.execPath, [TSC, ...OPTIONS, join(folder, file)], { cwd: folder })
    .then(() => '', ({ stdout }: { stdout: string }) => stdout)
  t.equal(await compile('program.ts'), '')
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.js')], { env: { PATH: process.env.PATH, URL: service.url, TOKEN } })
  t.same(JSON.parse(stdout), ['42\n', 'number', 'failed', 3, 'in\n', '1\n', 'runonce', 'language.unsupported'])
  const lines = [...(await compile('wrong.ts')).matchAll(/^wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line))
  t.same([...new Set(lines)], [4, 5, 6, 7])
})
