import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { readConfig } from '../../service/config/config.js'
import type { Environment } from '../../service/config/config.js'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
const TOKEN = { API_ACCESS_TOKEN: 'correct-horse-battery-staple' }
/** glot's two that are taken and have no effect. */
const WITHOUT_EFFECT = ['DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT', 'DOCKER_CLEANUP_WORKER_THREADS']
/** Defaults that no value stands for. */
const SAID_IN_WORDS = ['none', 'none of its own', 'the image\'s own', 'the engine\'s', 'the service\'s', '2 × cores']

/** The variables that the configuration reads, sorted. */
function readVariables (): string[] {
  const names = new Set<string>()
  readConfig(new Proxy<Environment>(TOKEN, {
    get (env, name) {
      names.add(String(name))
      return env[String(name)]
    }
  }))
  return [...names].sort()
}

/** README's table: variable and default, a pair each; `_NAME` beside another stands for that one with its end replaced. */
function table (): Array<[name: string, fallback: string]> {
  const readme = read('README.md')
  const text = readme.slice(readme.indexOf('## Environment'), readme.indexOf('## Security'))
  return text.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => {
    const [, first = '', second = ''] = line.split('|').map((cell) => cell.trim())
    const names = [...first.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name)
    return names.map((name, index): [string, string] => [wholeName(name, names[0] ?? ''), defaultOf(second, index, names.length)])
  })
}

/** `_HARD` beside `…_NOFILE_SOFT` is `…_NOFILE_HARD`: as many words less as it has itself. */
function wholeName (name: string, first: string): string {
  if (!name.startsWith('_')) return name
  const words = name.split('_').length - 1
  const known = readVariables()
  const whole = Array.from({ length: words }, (_, index) => first.split('_').slice(0, -1 - index).join('_') + name).find((each) => known.includes(each))
  return whole ?? first.split('_').slice(0, -words).join('_') + name
}

/** A cell for two has two defaults, the second perhaps with commas of its own; what it adds in words is left out. */
function defaultOf (cell: string, index: number, of: number): string {
  const [head = '', ...rest] = cell.split(', ')
  if (of === 1) return rest.length > 0 && / where /.test(cell) ? head : cell
  return of === 2 ? [head, rest.join(', ')][index] ?? '' : cell.split(', ')[index] ?? ''
}

/** As a warning at boot, where the numbers come from is no setting. */
const settings = (env: Environment) => readConfig({ ...TOKEN, ...env })

void t.test('README names every variable, and no other', async (t) => {
  t.same(table().map(([name]) => name).sort(), readVariables().filter((name) => !WITHOUT_EFFECT.includes(name)))
})

void t.test('what README calls a default is the default', async (t) => {
  for (const [name, fallback] of table()) {
    if (SAID_IN_WORDS.includes(fallback)) continue
    t.not(fallback, '', `${name} has one`)
    const { container, ...rest } = settings({ [name]: fallback })
    const { container: expected, ...others } = settings({})
    t.same(rest, others, `${name}=${fallback}`)
    // A limit that is set is its own cap.
    const cap = { memoryCapBytes: 0, processesCap: 0 }
    t.same({ ...container, ...cap }, { ...expected, ...cap }, `${name}=${fallback}`)
  }
  t.equal(settings({}).admission.concurrency, 2 * availableParallelism(), 'SERVER_WORKER_THREADS')
})

void t.test('config/default.env holds every variable but the token, with its default', async (t) => {
  const text = read('config/default.env')
  const set = Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
  const mentioned = [...text.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name)
  t.same(mentioned.sort(), readVariables().filter((name) => !name.startsWith('API_') && !WITHOUT_EFFECT.includes(name)))
  t.same(settings(set), settings({}))
})

void t.test('every variable that a file of config/ sets is one', async (t) => {
  for (const file of ['default.env', 'glot.env', 'run-user-code.env', 'secure-execution.env']) {
    for (const [, name = ''] of read(`config/${file}`).matchAll(/^#?([A-Z_]+)=/gm)) t.ok(readVariables().includes(name), `${file}: ${name}`)
  }
})
