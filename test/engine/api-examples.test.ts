import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import t from 'tap'

import { docker, needImages, startService, TOKEN, type Test } from './kit.js'
import { examplesOf, requestsOf } from './page-examples.js'

const COMMANDS: Record<string, string[]> = { sh: ['sh', '-c'], js: [process.execPath, '--input-type=module', '-e'], python: ['python3', '-c'] }
/** The expected output of the examples of each section. The first expectation is for curl, which prints the response. */
const SECTIONS: Record<string, [curl: RegExp, others: string]> = {
  Streaming: [/^event: stdout\ndata: {"type":"stdout","text":"0\\n.*event: result\ndata: {"type":"result","result":{"stdout":"0\\n1\\n2\\n",.*}}\n\n$/s, '0\n1\n2\ncompleted\n'],
  Cases: [/"cases":\[{"stdout":"2\\n",.*"matched":true},{"stdout":"4\\n",.*"matched":false}\]/, '2 true\n4 false\n'],
  Files: [/"files":\[{"name":"copy.bin","content":"\/wD\+","encoding":"base64","size":3,"truncated":false}\]/, 'copy.bin ff00fe\n']
}
/** Pages on which each request is followed by its response. */
const MIGRATING = ['migrating/glot.md', 'migrating/piston.md', 'migrating/run-user-code.md', 'migrating/sandbox-fusion.md']
/** Members of responses whose values differ between runs and images. */
const VARIABLE = new Set(['duration', 'cpuTime', 'memoryPeak', 'executionTime', 'execution_time', 'cpu_time', 'wall_time', 'memory', 'version'])
/** The build of a C program takes long while other tests run. */
const PATIENT = { RUN_MAX_EXECUTION_TIME: '60' }

void t.before(async () => { await needImages('python', 'bash', 'c') })

void t.test('the examples in docs/api.md work', async (t) => {
  const service = await startService(t)
  for (const [section, [curl, others]] of Object.entries(SECTIONS)) {
    const examples = examplesOf('api.md', service.url, { heading: `### ${section}` })
    t.same(examples.map(({ language }) => language), ['sh', 'js', 'python'], section)
    for (const { language, code } of examples) {
      const stdout = await run(language, code)
      if (language === 'sh') t.match(stdout, curl, `${section}: ${language}`)
      else t.equal(stdout.replaceAll('True', 'true').replaceAll('False', 'false'), others, `${section}: ${language}`)
    }
  }
})

void t.test('the requests in docs/api.md and docs/migrating/ have the documented responses', async (t) => {
  const service = await startService(t, { env: PATIENT })
  await addGlotTag(t)
  for (const page of ['api.md', ...MIGRATING]) {
    const requests = requestsOf(page, service.url)
    t.ok(requests.length > 0, page)
    for (const { command, response } of requests) t.strictSame(withoutVariable(await run('sh', command)), withoutVariable(response), `${page}: ${command}`)
  }
})

void t.test('the examples in docs/migrating/ are requests with their responses', async (t) => {
  for (const page of MIGRATING) {
    const languages = examplesOf(page, 'http://localhost').map(({ language }) => language)
    t.same(languages, requestsOf(page, 'http://localhost').flatMap(() => ['sh', 'json']), page)
  }
})

async function run (language: string, code: string): Promise<string> {
  const [command = '', ...args] = [...COMMANDS[language] ?? [], code]
  const { stdout } = await promisify(execFile)(command, args, { env: { PATH: process.env.PATH, TOKEN } })
  return stdout
}

/** Adds glot's name to the Python image, as `npm run images -- --glot-tags` does, and removes it after the test unless it existed before. */
async function addGlotTag (t: Test): Promise<void> {
  const tagged = docker.getImage('glot/python:latest')
  if (await tagged.inspect().then(() => true, () => false)) return
  await docker.getImage('runonce/python:latest').tag({ repo: 'glot/python', tag: 'latest' })
  t.teardown(async () => { await tagged.remove() })
}

/** Parses a response and replaces each variable value by its type. */
function withoutVariable (response: string): unknown {
  return JSON.parse(response, (name, value) => VARIABLE.has(name) ? typeof value : value)
}
