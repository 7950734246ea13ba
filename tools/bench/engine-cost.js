// npm run bench:engine [-- --rounds 12 --runs 6 --concurrencies 1,4 --variants "runc,runc shared,crun,crun shared" --root DIR --flags "…"]: measures
// the CPU time that a second, newer Docker engine uses for one run, with runc and crun, with a shim for each container and with a shared one, in
// alternation. Requires root on Debian or Ubuntu. Prints a table in Markdown.
import { parseArgs } from 'node:util'

import { startSecondEngine } from '../engine/second-engine.js'
import { copyImages } from '../images/copy-images.js'
import { withImages } from '../images/with-images.js'
import { CpuCgroup } from '../lib/cpu-cgroup.js'
import { buildService } from '../lib/service-process.js'
import { EngineCost } from './engine-cost-rounds.js'
import { costTable } from './engine-cost-table.js'

const LANGUAGE = 'python'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    runs: { type: 'string', default: '6' },
    concurrencies: { type: 'string', default: '1,4' },
    variants: { type: 'string', default: 'runc,runc shared,crun,crun shared' },
    root: { type: 'string' },
    flags: { type: 'string', default: '' }
  }
})
const options = { rounds: Number(values.rounds), runs: Number(values.runs), concurrencies: values.concurrencies.split(',').map(Number), variants: values.variants.split(',') }
const cgroup = await CpuCgroup.create(`runonce-bench-${process.pid}`)
/** @type {import('../engine/second-engine.js').SecondEngine | undefined} */
let engine
await withImages([LANGUAGE], async (firstPath) => {
  await buildService()
  engine = await startSecondEngine({ say, root: values.root, cgroup, flags: values.flags.split(' ').filter((flag) => flag !== '') })
  await copyImages(firstPath, engine.socketPath, [LANGUAGE])
  const cost = await EngineCost.start({ engine, cgroup, language: LANGUAGE })
  try {
    process.stdout.write(costTable(await cost.measure(options)))
  } finally {
    cost.close()
  }
}, { cleanUp: async () => { await engine?.stop().finally(() => cgroup.remove()) } })

/** @param {string} text */
function say (text) {
  process.stdout.write(`== second engine: ${text}\n`)
}
