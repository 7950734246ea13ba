import t from 'tap'

import { closingLine, checkedCounts, plainCounts, sum, tapCounts } from '../../../../tools/testing/counts.js'

t.test('reads the counts that the test runners print', async (t) => {
  t.same(tapCounts('ok 1\n# { total: 12, pass: 9, fail: 1, skip: 2 }\n'), { passed: 9, failed: 1, skipped: 2 })
  t.equal(tapCounts('ok 1\n'), undefined)
  t.same(plainCounts('# 57 passed, 0 failed\n'), { passed: 57, failed: 0, skipped: 0 })
  t.same(plainCounts('1 passed, 0 failed\n3 passed, 1 failed, 2 skipped\n'), { passed: 3, failed: 1, skipped: 2 })
  t.equal(plainCounts('12 passed'), undefined)
})

t.test('a run without counts, or with a non-zero exit code, counts as failed', async (t) => {
  t.same(checkedCounts(undefined, 0), { passed: 0, failed: 1, skipped: 0 })
  t.same(checkedCounts({ passed: 0, failed: 0, skipped: 0 }, 0), { passed: 0, failed: 1, skipped: 0 })
  t.same(checkedCounts({ passed: 5, failed: 0, skipped: 0 }, 1), { passed: 5, failed: 1, skipped: 0 })
  t.same(checkedCounts({ passed: 5, failed: 2, skipped: 0 }, 1), { passed: 5, failed: 2, skipped: 0 })
})

t.test('the closing line has the sum of the counts', async (t) => {
  t.equal(closingLine(sum([{ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 1, skipped: 0 }])), '3 passed, 1 failed')
  t.equal(closingLine({ passed: 1, failed: 0, skipped: 2 }), '1 passed, 0 failed, 2 skipped')
})
