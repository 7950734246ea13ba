import t from 'tap'
import { Check } from 'typebox/schema'

import { containerStartFailed, executionTimeExceeded, overloaded, rateLimited } from '../../../../../service/errors.js'
import { COMPLETED, decodedOf, languageImage } from '../../../fakes.js'
import { startApp, type StartedApp } from '../../start-app.js'
import { callTool, messagesOf, post, rpc, runText } from './messages.js'

const PYTHON = languageImage('python', { aliases: ['py'], listed: [], main: 'main.py', version: '3.13.5', protocol: 2 })
const IMAGES = [PYTHON, languageImage('cpp', { main: 'main.cpp', protocol: 2, builds: true }), languageImage('old')]
const CODE = { language: 'python', code: 'print(1)' }
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]).toString('base64')

interface Tool {
  name: string
  title: string
  description: string
  annotations: object
  inputSchema: { properties: Record<string, { description: string }> }
  outputSchema: object
}

async function toolsOf (service: StartedApp): Promise<Tool[]> {
  const [message] = messagesOf(await post(service, rpc('tools/list')))
  return message?.result?.tools as Tool[]
}

async function resultOf (service: StartedApp, result: object, args: object = CODE) {
  service.runs.handler = async () => decodedOf({ ...COMPLETED, ...result })
  return await callTool(service, 'run_code', args)
}

const payloadOf = ({ runs }: StartedApp) => JSON.parse(String(runs.requests.at(-1)?.payload))

t.test('the tools describe the configured limits', async (t) => {
  const env = { RUN_MAX_EXECUTION_TIME: '7', RUN_MAX_OUTPUT_SIZE: '2000', RUN_MAX_CODE_SIZE: '1234', DOCKER_CONTAINER_MEMORY: '134217728', RUN_MAX_OUTPUT_FILES: '3' }
  const [runCode, listLanguages] = await toolsOf(await startApp(t, { images: IMAGES, env }))
  t.match(runCode, { name: 'run_code', title: 'Run a program', annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false }, inputSchema: { type: 'object', required: ['language', 'code'] } })
  t.match(listLanguages, { name: 'list_languages', annotations: { readOnlyHint: true, openWorldHint: false } })
  for (const text of ['7 s of', '128 MiB of memory', '2000 bytes of output', 'no network']) t.ok(runCode?.description.includes(text), text)
  const { code, outputs, limits, ...others } = runCode?.inputSchema.properties ?? {}
  t.match([code?.description, outputs?.description, JSON.stringify(limits)], [/1234 bytes/, /3 files/, /at most 7"/])
  for (const { description } of Object.values(others)) t.ok(description.length > 20, description)
})

t.test('programs with a network are not read-only', async (t) => {
  const [runCode] = await toolsOf(await startApp(t, { images: IMAGES, env: { DOCKER_CONTAINER_NETWORK_DISABLED: 'false' } }))
  t.match(runCode?.annotations, { readOnlyHint: false, openWorldHint: true })
  t.notMatch(runCode?.description, /no network/)
})

t.test('each argument reaches the container', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const files = [{ name: 'a/b.txt', content: 'b' }, { name: 'c', content: '/w==', encoding: 'base64' }]
  await resultOf(service, {}, { ...CODE, stdin: 'in', args: ['x'], files, outputs: ['*.png'], limits: { time: 2, memory: 33554432, output: 500 } })
  t.match(payloadOf(service), { files: [{ name: 'main.py', content: 'print(1)' }, ...files], stdin: 'in', args: ['x'], outputs: ['*.png'], limits: { time: 2, output: 500 } })
  t.match(service.runs.requests[0], { streams: false, tokenName: 'default', limits: { memoryBytes: 33554432 } })
  await resultOf(service, {}, { ...CODE, stdin: null, args: null, files: null, outputs: null, limits: null })
  t.match(payloadOf(service), { files: [{ name: 'main.py' }], stdin: '' })
})

t.test('an invalid argument returns an error of the tool with the argument and the accepted values', async (t) => {
  const service = await startApp(t, { images: IMAGES, env: { RUN_MAX_CODE_SIZE: '10' } })
  const cases: Array<[object, RegExp]> = [
    [{ code: undefined }, /^request\.invalid: code is required \(The complete program/],
    [{ code: 1 }, /^request\.invalid: code must be string \(The complete program/],
    [{ code: '12345678901' }, /^request\.too_large: code is larger than 10 bytes/],
    [{ lang: 'x' }, /The arguments must not contain "lang"; the known names are language, code, stdin/],
    [{ files: [{ name: 'a', content: '', path: '' }] }, /files\[0\] must not contain "path"; the known names are name, content, encoding/],
    [{ files: [{ name: 'a', content: '', encoding: 'hex' }] }, /files\[0\]\.encoding must be one of utf8, base64 \(Encoding/],
    [{ files: [{ name: 'a', content: '%', encoding: 'base64' }] }, /files\[0\]\.content must be base64/],
    [{ files: [{ name: 'a', content: '' }, { name: '../a', content: '' }] }, /files\[1\]\.name must not contain "\.\."/],
    [{ files: [{ name: 'main.py', content: '' }] }, /files\[0\]\.name must not be main\.py/],
    [{ args: ['a\0'] }, /: args\[0\] must not contain NUL/],
    [{ limits: { time: 'x' } }, /limits\.time must be number \(Seconds/],
    [{ limits: { memory: 1e12 } }, /limits\.memory must be <= 1073741824 \(Bytes/],
    [{ outputs: ['/etc/*'] }, /: outputs\[0\] must be relative/],
    [{ language: 'old', outputs: ['a'] }, /: outputs requires version 2/],
    [{ language: 'pyhton' }, /language\.unsupported: .*supported languages: cpp, old, python\. The most similar name is python$/]
  ]
  for (const [args, expected] of cases) {
    const result = await callTool(service, 'run_code', { ...CODE, ...args })
    t.match(result, { isError: true, content: [{ type: 'text', text: expected }] }, JSON.stringify(args))
    t.notOk('structuredContent' in result)
  }
  t.same(service.runs.requests, [])
})

t.test('a failure of the service returns an error of the tool with the slug', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const cases = [
    [containerStartFailed('no'), /^docker\.container\.start: no$/],
    [overloaded('The run queue is full', 3), /^overloaded: The run queue is full\nTry again in 3 s\.$/],
    [rateLimited(2), /^rate_limit: /],
    [new Error('secret'), /^internal: Internal error/]
  ] as const
  for (const [error, text] of cases) {
    service.runs.handler = async () => { throw error }
    t.match(await callTool(service, 'run_code', CODE), { isError: true, content: [{ text }] })
  }
  t.ok(service.lines.some((line) => line.includes('secret')), 'an unexpected error is logged')
  service.images.fail = containerStartFailed('gone')
  t.match(await callTool(service, 'list_languages', {}), { isError: true, content: [{ text: /gone/ }] })
})

t.test('each outcome is a normal result whose text explains it', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const build = { stdout: '', stderr: 'main.cpp:1: error\n', exitCode: 1, duration: 1e9 }
  const cases: Array<[object, RegExp]> = [
    [{}, /^completed: The program exited with code 0\. \(0\.01 s\)\n\nstdout:\nhi\n$/],
    [{ stdout: '' }, /\n\nThe program wrote no output\.$/],
    [{ outcome: 'failed', exitCode: 3, stderr: 'oops' }, /^failed: The program exited with code 3\. [^]*stderr:\noops$/],
    [{ outcome: 'signaled', exitCode: null, signal: 'SIGSEGV' }, /^signaled: The signal SIGSEGV terminated the program/],
    [{ outcome: 'timeout', exitCode: null, error: 'Time limit of 10 s exceeded' }, /^timeout: Time limit of 10 s exceeded\. The output until then is kept/],
    [{ outcome: 'output_limit', exitCode: null, error: 'Output limit of 9 bytes exceeded' }, /^output_limit: Output limit of 9 bytes exceeded/],
    [{ outcome: 'out_of_memory', exitCode: null }, /^out_of_memory: The program needed more memory/],
    [{ outcome: 'build_failed', phase: 'build', exitCode: 1, stdout: '', stderr: build.stderr, build }, /^build_failed: The build failed, so the program did not start\. \([^]*\)\n\nstderr:\nmain\.cpp:1: error\n$/],
    [{ build: { ...build, stderr: 'warning' } }, /Output of the build:\nwarning\n\nstdout:\nhi/]
  ]
  for (const [result, text] of cases) {
    const actual = await resultOf(service, result)
    t.match(actual.content, [{ type: 'text', text }])
    t.same(actual.structuredContent, { ...COMPLETED, ...result })
    t.notOk(actual.isError)
  }
  t.match(await resultOf(service, { outcome: 'invalid', error: 'Cannot write a' }), { isError: true, content: [{ text: 'request.invalid: Cannot write a' }] })
})

t.test('a limit is a normal result even if the service reports limits as errors', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  service.runs.handler = async () => { throw executionTimeExceeded('too long', { details: { result: { ...COMPLETED, outcome: 'timeout', error: 'too long' } } }) }
  t.match(await runText(service, {}), /^timeout: too long/)
})

t.test('the structured content matches the output schema', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const [runCode, listLanguages] = await toolsOf(service)
  const { structuredContent } = await resultOf(service, { files: [{ name: 'a', content: 'x', encoding: 'utf8', size: 1, truncated: false }] })
  t.ok(Check(runCode?.outputSchema ?? {}, structuredContent))
  t.notOk(Check(runCode?.outputSchema ?? {}, {}))
  const languages = await callTool(service, 'list_languages', {})
  t.ok(Check(listLanguages?.outputSchema ?? {}, languages.structuredContent))
  t.match(languages, { content: [{ text: /^python, py: version 3\.13\.5, main file main\.py\n/ }], structuredContent: { languages: [{ name: 'python', aliases: ['py'], version: '3.13.5', mainFile: 'main.py' }, {}, {}] } })
})

t.test('the result contains returned images as images and texts as resources, and lists other files', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const file = (name: string, content: string, encoding = 'base64') => ({ name, content, encoding, size: 7, truncated: false })
  const files = [
    file('plot.png', PNG), file('fake.png', 'AAAA'), file('a b/ü.txt', 'text', 'utf8'), file('i.svg', '<svg/>', 'utf8'), file('long', 'x'.repeat(30_000), 'utf8'),
    { name: 'big', size: 1e9, truncated: true }, { name: 'link', size: 0, error: 'Not a regular file' }
  ]
  const { content, structuredContent } = await resultOf(service, { files })
  t.same(content.slice(1), [
    { type: 'image', data: PNG, mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'runonce:///a%20b/%C3%BC.txt', mimeType: 'text/plain', text: 'text' } },
    { type: 'resource', resource: { uri: 'runonce:///i.svg', mimeType: 'image/svg+xml', text: '<svg/>' } }
  ])
  t.match(content[0]?.text, /files:\n- plot\.png: 7 bytes, image\/png\n- fake\.png: 7 bytes, content in structuredContent\n- a b\/ü\.txt: 7 bytes\n- i\.svg: 7 bytes\n- long: 7 bytes, content in [^]*\n- big: 1000000000 bytes, not returned: too large\n- link: 0 bytes, not returned: Not a regular file$/)
  t.same(structuredContent?.files, [{ name: 'plot.png', size: 7, truncated: false }, ...files.slice(1)], 'the bytes of an image are not repeated')
  t.match((await resultOf(service, { files: [] })).content, [{ text: /files:\nNo file matches outputs\.$/ }])
})

t.test('the middle of a long output is only in the structured content', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const stdout = `begin${'😀'.repeat(20_000)}end`
  const { content, structuredContent } = await resultOf(service, { stdout })
  const [{ text = '' } = {}] = content
  t.match(text, /stdout:\nbegin[^]*\[20008 characters are omitted; see structuredContent\][^]*end$/)
  t.ok(text.length < 21_000 && text.isWellFormed())
  t.equal(structuredContent?.stdout, stdout)
})
