import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'

import { startService } from '../engine/kit.js'
import { openTab, startBrowser, startRun, statusOf, typeProgram } from './browser.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PROGRAM = `
import sys
class Greeting:  # a comment
    def __init__(self, count: int = 3) -> None:
        self.text = f"Hello {count}"
print(Greeting().text, True, None, sys.version_info[0])
print("on stderr", file=sys.stderr)
open("x.svg", "w").write('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>')
`

async function violations (page: Page): Promise<string[]> {
  const results = await page.evaluate(async () => await (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run())
  return results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`axe-core has no serious findings in ${colorScheme} mode`, async (t) => {
    const service = await startService(t)
    const { page } = await openTab(t, await startBrowser(t), service.url, { script: AXE, colorScheme })
    t.same(await violations(page), [], 'before a run')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('dialog').waitFor()
    t.same(await violations(page), [], 'with the dialog')
    await page.keyboard.press('Escape')
    await typeProgram(page, PROGRAM)
    await startRun(page)
    await statusOf(page, /^completed/)
    t.same(await violations(page), [], 'after a run')
    await typeProgram(page, 'x = 1 / 0')
    await startRun(page)
    await statusOf(page, /^failed/)
    t.same(await violations(page), [], 'after a run that failed')
  })
}
