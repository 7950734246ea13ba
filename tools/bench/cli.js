// npm run bench [-- --rounds 8 --repeats 5 --languages python,c --sustained python --bursts python --out tools/bench/out]: measures the service,
// the engine alone and the bare interpreter, in alternation. Builds the images first.
import { parseArgs } from 'node:util'

import { withImages } from '../images/with-images.js'
import { buildService } from '../lib/service-process.js'
import { Benchmark } from './bench.js'
import { toMarkdown } from './report.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    repeats: { type: 'string', default: '5' },
    languages: { type: 'string', default: 'python,javascript,ruby,c' },
    sustained: { type: 'string', default: 'python' },
    bursts: { type: 'string', default: 'python' },
    out: { type: 'string', default: 'tools/bench/out' }
  }
})
const [languages, sustained, bursts] = [values.languages, values.sustained, values.bursts].map((list) => list.split(',').filter((name) => name !== ''))
const options = { rounds: Number(values.rounds), repeats: Number(values.repeats), languages: languages ?? [], sustained: sustained ?? [], bursts: bursts ?? [], out: values.out }
await withImages([...new Set([languages, sustained, bursts].flatMap((names) => names ?? []))], async (socketPath, images) => {
  if (images.some((image) => 'error' in image)) throw new Error('some images could not be built; see the errors above')
  await buildService()
  const benchmark = await Benchmark.start(socketPath, options)
  try {
    process.stdout.write(toMarkdown(await benchmark.measure()))
  } finally {
    await benchmark.stop()
  }
})
