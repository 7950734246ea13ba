import { readFile } from 'node:fs/promises'
import path from 'node:path'

import t from 'tap'

import { buildOrder, estimateBuilds } from '../../../../tools/images/build-order.js'
import { splitDockerfile } from '../../../../tools/images/dockerfile.js'
import { LANGUAGES, firstLanguages } from '../../../../tools/images/language.js'
import { readMeasurements } from '../../../../tools/images/measurements.js'

const SIZES = { python: { bytes: 118e6 }, bash: { bytes: 88e6 }, javascript: { bytes: 210e6 }, cpp: { bytes: 587e6 }, perl: { bytes: 134e6 } }

void t.test('builds python, bash and javascript first, and then the smaller images before the larger ones', async (t) => {
  t.same(buildOrder(['bash', 'cpp', 'javascript', 'new', 'perl', 'python'], SIZES), ['python', 'bash', 'javascript', 'new', 'perl', 'cpp'])
  t.same(buildOrder([], SIZES), [])
  const { languages } = await readMeasurements()
  const order = buildOrder(await firstLanguages(), languages)
  t.same(order.slice(0, 4), ['python', 'bash', 'javascript', 'plaintext'])
  t.same(order.slice(-2).sort(), ['cpp', 'go'], 'the longest builds are last')
})

void t.test('the estimate grows with the images and their sizes, and shrinks with concurrent builds', async (t) => {
  const one = estimateBuilds(['bash'], SIZES, 2)
  t.equal(one.allSeconds, one.firstSeconds)
  const two = estimateBuilds(['bash', 'cpp'], SIZES, 1)
  t.equal(two.firstSeconds, one.firstSeconds)
  t.ok(two.allSeconds > one.allSeconds + 40 && two.bytes > one.bytes + 300e6)
  t.ok(estimateBuilds(['bash', 'cpp'], SIZES, 2).allSeconds < two.allSeconds)
  t.equal(estimateBuilds(['unknown'], SIZES, 1).bytes, estimateBuilds(['other'], {}, 1).bytes, 'a language without a measured size counts as a small one')
})

void t.test('the parts of the Dockerfile have all steps before the runner is copied, in the same order', async (t) => {
  const dockerfile = await readFile(path.join(LANGUAGES, '../Dockerfile'), 'utf8')
  const { runner, packages } = splitDockerfile(dockerfile)
  t.same(runner.match(/^FROM .*$/mg), ['FROM ${BASE} AS runner']) // eslint-disable-line no-template-curly-in-string
  t.match(runner, /^ARG BASE=.*\n[^]*RUN make -C \/src\nLABEL runonce\.stage=runner/m)
  t.notMatch(packages, /runner \/src|--from=runner|AS runner/)
  const steps = (text: string) => text.replaceAll('\\\n', '').match(/^(ARG|FROM|RUN|COPY|ENV|LABEL|WORKDIR|USER|ENTRYPOINT) .*$/mg) ?? []
  const withoutStage = steps(dockerfile).filter((step) => !steps(runner).slice(1).includes(step))
  const end = withoutStage.findIndex((step) => step.startsWith('COPY --from=runner'))
  t.ok(end > 10)
  t.same(steps(packages), withoutStage.slice(0, end))
})

void t.test('without a runner stage, the packages are the complete Dockerfile', async (t) => {
  t.same(splitDockerfile('ARG A\nFROM x\nRUN y\n'), { runner: 'ARG A\n', packages: 'ARG A\nFROM x\nRUN y\n' })
})
