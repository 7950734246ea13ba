import t from 'tap'

import { imageUrl } from '../../../service/playground/image-url.js'
import { summaryOf } from '../../../service/playground/summary.js'

t.test('images become data: URLs with the type of their suffix', async (t) => {
  t.equal(imageUrl({ name: 'out/a.b.PNG', content: 'iVBO', encoding: 'base64' }), 'data:image/png;base64,iVBO')
  t.equal(imageUrl({ name: 'a.svg', content: '<svg>#ü</svg>', encoding: 'utf8' }), 'data:image/svg+xml,%3Csvg%3E%23%C3%BC%3C%2Fsvg%3E')
  t.equal(imageUrl({ name: 'large.png' }), undefined, 'the content did not fit')
  for (const name of ['page.html', 'png', 'a.js', 'a.constructor', 'toString']) t.equal(imageUrl({ name, content: 'x' }), undefined, name)
})

t.test('the summary has the outcome, the reason and the measurements', async (t) => {
  const result = { stdout: '', stderr: '', error: '' }
  t.equal(summaryOf({ ...result, outcome: 'completed', duration: 8_412_345, cpuTime: 9_120_000, memoryPeak: 9_437_184 }), 'completed, time 8.4 ms, CPU 9.1 ms, memory 9.4 MB')
  t.equal(summaryOf({ ...result, error: 'Exit status 1', outcome: 'build_failed', duration: 0, build: { stdout: '', stderr: '', exitCode: 1, duration: 123_456_789 }, memoryPeak: null }),
    'build failed (Exit status 1), build 123 ms, time 0.0 ms')
  t.equal(summaryOf(result), 'completed', 'the result of an older image')
})
