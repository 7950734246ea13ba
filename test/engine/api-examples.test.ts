import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import t from 'tap'

import { needImages, startService, TOKEN } from './kit.js'
import { examplesOf } from './page-examples.js'

const COMMANDS: Record<string, string[]> = { sh: ['sh', '-c'], js: [process.execPath, '--input-type=module', '-e'], python: ['python3', '-c'] }
/** What the examples of each section print. The first expectation is for curl, which prints the response. */
const SECTIONS: Record<string, [curl: RegExp, others: string]> = {
  Streaming: [/^event: stdout\ndata: {"type":"stdout","text":"0\\n.*event: result\ndata: {"type":"result","result":{"stdout":"0\\n1\\n2\\n",.*}}\n\n$/s, '0\n1\n2\ncompleted\n'],
  Cases: [/"cases":\[{"stdout":"2\\n",.*"matched":true},{"stdout":"4\\n",.*"matched":false}\]/, '2 true\n4 false\n'],
  Files: [/"files":\[{"name":"copy.bin","content":"\/wD\+","encoding":"base64","size":3,"truncated":false}\]/, 'copy.bin ff00fe\n']
}

void t.test('the examples in docs/api.md work', async (t) => {
  await needImages('python')
  const service = await startService(t)
  for (const [section, [curl, others]] of Object.entries(SECTIONS)) {
    const examples = examplesOf('api.md', service.url, { heading: `### ${section}` })
    t.same(examples.map(({ language }) => language), ['sh', 'js', 'python'], section)
    for (const { language, code } of examples) {
      const [command = '', ...args] = [...COMMANDS[language] ?? [], code]
      const { stdout } = await promisify(execFile)(command, args, { env: { PATH: process.env.PATH, TOKEN } })
      if (language === 'sh') t.match(stdout, curl, `${section}: ${language}`)
      else t.equal(stdout.replaceAll('True', 'true').replaceAll('False', 'false'), others, `${section}: ${language}`)
    }
  }
})
