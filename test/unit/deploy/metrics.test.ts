import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { Metrics } from '../../../service/observability/metrics.js'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../../deploy/${file}`, import.meta.url)), 'utf8')
/** What Prometheus itself adds to every figure, and makes of a histogram. */
const ADDED = ['instance', 'job']
const SUFFIXES = /_(bucket|sum|count)$/

/** The service's figures, each with its labels, from what it answers once everything has happened. */
async function figures (): Promise<Map<string, Set<string>>> {
  const image = { image: 'i', ready: 1, starting: 1, target: 1, hits: 1, misses: 1, refillMs: 1, idleBytes: 1 }
  const metrics = new Metrics({ cores: 1, load: { running: 0, waiting: 0 }, pool: { snapshot: () => ({ ready: 1, images: [image] }) } })
  metrics.answered('GET', '/', 200)
  metrics.finished({
    requestId: 'r',
    tokenName: 't',
    image: 'i',
    outcome: 'completed',
    pooled: true,
    phases: { queue: 1, total: 1 },
    durationNs: 1,
    stdoutBytes: 0,
    stderrBytes: 0,
    cpuTimeNs: 1,
    memoryPeakBytes: 1
  })
  const found = new Map<string, Set<string>>([['up', new Set()]])
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = ''] = /^([a-z]\w*)(?:\{(.*)\})? /.exec(line) ?? []
    if (name !== undefined) found.set(name, new Set([...found.get(name) ?? [], ...[...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)]))
  }
  return found
}

/** Figures and labels that an expression names. */
function named (expression: string): Array<[figure: string, labels: string[]]> {
  const grouped = [...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
  return [...expression.matchAll(/\b(runonce_\w+|process_\w+|up)\b(?:\{([^}]*)\})?/g)].map(([, figure = '', selected = '']) =>
    [figure, [...grouped, ...[...selected.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => label)]])
}

async function checkAll (t: Pick<typeof import('tap').t, 'ok'>, expressions: string[]): Promise<void> {
  const known = await figures()
  for (const expression of expressions) {
    const uses = named(expression)
    t.ok(uses.length > 0, `${expression}: names a figure`)
    for (const [figure, labels] of uses) {
      t.ok(known.has(figure), `${expression}: there is ${figure}`)
      for (const label of labels) t.ok(ADDED.includes(label) || known.get(figure)?.has(label), `${expression}: ${figure} has the label ${label}`)
    }
  }
}

void t.test('every figure and label that an alert names is one of the service\'s', async (t) => {
  const rules = read('prometheus/alerts.yml')
  const expressions = [...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression)
  t.equal(expressions.length, rules.split('- alert:').length - 1, 'each rule\'s')
  await checkAll(t, expressions)
})

void t.test('every alert is tried with and without its reason', async (t) => {
  const names = [...read('prometheus/alerts.yml').matchAll(/- alert: (\w+)$/gm)].map(([, name = '']) => name)
  const tried = [...read('prometheus/alerts.test.yml').matchAll(/alertname: (\w+)/g)].map(([, name]) => name)
  for (const name of names) t.equal(tried.filter((each) => each === name).length, 2, name)
})

void t.test('every figure and label that the dashboard shows is one of the service\'s, and it shows them all', async (t) => {
  const dashboard = JSON.parse(read('grafana/dashboards/runonce.json'))
  const panels = dashboard.panels as Array<{ id: number, title: string, gridPos: object, targets: Array<{ expr: string }> }>
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  await checkAll(t, expressions)
  const variables = dashboard.templating.list.map(({ query }: { query: string }) => query).filter((query: string) => query.startsWith('label_values('))
  await checkAll(t, variables.map((query: string) => query.replace(/^label_values\((\w+), (\w+)\)$/, 'sum by ($2) ($1)')))
  const shown = new Set(expressions.flatMap(named).map(([figure]) => figure.replace(SUFFIXES, '')))
  for (const figure of (await figures()).keys()) t.ok(figure === 'up' || shown.has(figure.replace(SUFFIXES, '')), `${figure} is shown`)
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'ids')
  t.equal(new Set(panels.map(({ gridPos }) => JSON.stringify(gridPos))).size, panels.length, 'places')
})
