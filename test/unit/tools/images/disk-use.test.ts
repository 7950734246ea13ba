import t from 'tap'

import { addLayers } from '../../../../tools/images/disk-use.js'
import { formatResults } from '../../../../tools/images/format-results.js'

const layer = (Id: string, Size: number, CreatedBy = Id) => ({ Id, Size, CreatedBy, Created: 1 })

void t.test('counts a shared layer once in the total, and not in the size of a single image', async (t) => {
  const disk = addLayers(new Map([
    ['runonce/c:latest', [layer('sha256:c', 0), layer('sha256:gcc', 200), layer('sha256:users', 5), layer('<missing>', 80, 'debian')]],
    ['runonce/cpp:latest', [layer('sha256:p', 300), layer('sha256:gcc', 200), layer('sha256:users', 5), layer('<missing>', 80, 'debian')]],
    ['runonce/lua:latest', [layer('sha256:l', 7), layer('<missing>', 3, 'other'), layer('<missing>', 80, 'debian')]]
  ]))
  t.equal(disk.total, 80 + 5 + 200 + 300 + 7 + 3)
  t.same([...disk.own], [['runonce/c:latest', 0], ['runonce/cpp:latest', 300], ['runonce/lua:latest', 10]])
})

void t.test('the table shows versions, sizes, the total and failures', async (t) => {
  const table = formatResults([
    { name: 'c', tag: 'runonce/c:latest', version: '14.2.0', bytes: 320e6, fresh: false },
    { name: 'java', error: new Error('exit code 100') }
  ], { total: 1234e6, own: new Map([['runonce/c:latest', 40e6]]) })
  t.same(table.split('\n'), [
    'language  version    size  unshared',
    'c         14.2.0   320 MB     40 MB  up to date',
    'java                                 FAILED',
    '',
    '1 images use 1234 MB of disk space, shared layers counted once',
    'FAILED, see above: java'
  ])
})
