import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { Metrics } from '../../../service/observability/metrics.js'
import { FakePool } from '../fakes.js'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../../deploy/${file}`, import.meta.url)), 'utf8')
/** Labels that Prometheus adds to every metric. */
const ADDED_LABELS = ['instance', 'job']
const SUFFIXES = /_(bucket|sum|count)$/
const GRID_COLUMNS = 24

interface Panel { id: number, type: string, title: string, gridPos: { x: number, y: number, w: number, h: number }, targets?: Array<{ expr: string }> }

const dashboard = JSON.parse(read('grafana/dashboards/runonce.json'))
const panels: Panel[] = dashboard.panels
const expressionsOf = ({ targets = [] }: Panel) => targets.map(({ expr }) => expr)

/** Returns the metrics of the service by name, each with its labels, after one event of every kind. */
async function serviceMetrics (): Promise<Map<string, Set<string>>> {
  const counts = { image: 'i', hits: 1, misses: 1 }
  const pool = new FakePool({ ready: 1, images: [{ ...counts, ready: 1, starting: 1, target: 1, refillMs: 1, idleBytes: 1 }] })
  pool.counts = [counts]
  const metrics = new Metrics({ cores: 1, load: { running: 0, waiting: 0 }, pool, node: { reason: undefined }, log: { dropped: 0 } })
  metrics.responded('GET', '/', 200)
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
  metrics.jobs.addCounts({ counts: async () => [{ tokenName: 't', counts: { queued: 1, active: 1, completed: 1, failed: 1 }, oldestQueuedAtMs: 1 }] })
  metrics.jobs.jobFinished({ tokenName: 't', jobId: 'j', requestId: 'r', status: 'completed', waitMs: 1, totalMs: 2, starts: 1 })
  metrics.jobs.webhookSent({ tokenName: 't', jobId: 'j', host: 'h', outcome: 'delivered', reason: '200' })
  const found = new Map<string, Set<string>>([['up', new Set()]])
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = ''] = /^([a-z]\w*)(?:\{(.*)\})? /.exec(line) ?? []
    if (name !== undefined) found.set(name, new Set([...found.get(name) ?? [], ...[...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)]))
  }
  return found
}

/** Returns the metrics in an expression, each with the labels that the expression uses. */
function namedIn (expression: string): Array<[metric: string, labels: string[]]> {
  const grouped = [...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
  return [...expression.matchAll(/\b(runonce_\w+|process_\w+|nodejs_\w+|up)\b(?:\{([^}]*)\})?/g)].map(([, metric = '', selected = '']) =>
    [metric, [...grouped, ...[...selected.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => label)]])
}

async function checkAll (t: Pick<typeof import('tap').t, 'ok'>, expressions: string[]): Promise<void> {
  const known = await serviceMetrics()
  for (const expression of expressions) {
    const uses = namedIn(expression)
    t.ok(uses.length > 0, `${expression}: uses a metric`)
    for (const [metric, labels] of uses) {
      t.ok(known.has(metric), `${expression}: ${metric} exists`)
      for (const label of labels) t.ok(ADDED_LABELS.includes(label) || known.get(metric)?.has(label), `${expression}: ${metric} has the label ${label}`)
    }
  }
}

t.test('every metric and label in the alert rules exists', async (t) => {
  const rules = read('prometheus/alerts.yml')
  const expressions = [...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression)
  t.equal(expressions.length, rules.split('- alert:').length - 1, 'one expression per rule')
  await checkAll(t, expressions)
})

t.test('every alert has a test in which it fires and a test in which it does not fire', async (t) => {
  const names = [...read('prometheus/alerts.yml').matchAll(/- alert: (\w+)$/gm)].map(([, name = '']) => name)
  const tested = [...read('prometheus/alerts.test.yml').matchAll(/alertname: (\w+)/g)].map(([, name]) => name)
  for (const name of names) t.equal(tested.filter((each) => each === name).length, 2, name)
})

t.test('every metric and label in the dashboard exists, and the dashboard shows all metrics of runonce', async (t) => {
  const expressions = panels.flatMap(expressionsOf)
  await checkAll(t, expressions)
  const variables = dashboard.templating.list.map(({ query }: { query: string }) => query).filter((query: string) => query.startsWith('label_values('))
  await checkAll(t, variables.map((query: string) => query.replace(/^label_values\((\w+), (\w+)\)$/, 'sum by ($2) ($1)')))
  const shown = new Set(expressions.flatMap(namedIn).map(([metric]) => metric.replace(SUFFIXES, '')))
  // Of the process metrics, the dashboard shows only those that operators act on.
  const expected = [...(await serviceMetrics()).keys()].filter((metric) => metric.startsWith('runonce_'))
  for (const metric of [...expected, 'process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']) {
    t.ok(shown.has(metric.replace(SUFFIXES, '')), `${metric} is shown`)
  }
})

t.test('no two panels of the dashboard overlap, and each row has panels', async (t) => {
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'IDs are unique')
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, index) => (y + Math.floor(index / w)) * GRID_COLUMNS + x + index % w))
  t.equal(new Set(cells).size, cells.length, 'cells of the grid are used once')
  for (const [index, { type, title }] of panels.entries()) {
    if (type === 'row') t.ok(expressionsOf(panels[index + 1] as Panel).length > 0, `${title} has a panel`)
  }
})

t.test('the row of the fleet shows each machine separately', async (t) => {
  const first = panels.findIndex(({ type, title }) => type === 'row' && title === 'Fleet')
  const inFleet = panels.slice(first + 1, panels.findIndex(({ type }, index) => type === 'row' && index > first))
  t.ok(inFleet.length >= 6)
  for (const expression of inFleet.flatMap(expressionsOf)) t.match(expression, 'by (instance')
})
