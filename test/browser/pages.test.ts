import t from 'tap'

import { startService } from '../engine/kit.js'
import { openTab, sidePort, startBrowser, startRun, statusOf, typeProgram } from './browser.js'

t.test('/docs is shown under its Content-Security-Policy and uses no other host', async (t) => {
  const service = await startService(t)
  const { page, problems } = await openTab(t, await startBrowser(t), service.url, { path: '/docs' })
  await page.locator('.opblock').first().waitFor()
  await page.locator('#operations-status-get_livez button.opblock-summary-control').click()
  await page.getByRole('button', { name: 'Try it out' }).click()
  await page.getByRole('button', { name: 'Execute', exact: true }).click()
  await page.locator('.live-responses-table').getByText('"alive": true').waitFor()
  t.same(problems, [])
})

t.test('on a separate port, the playground runs programs', async (t) => {
  const service = await startService(t, { env: { SERVER_DOCS_PORT: '0' } })
  const { page, problems } = await openTab(t, await startBrowser(t), `http://127.0.0.1:${await sidePort(service)}`)
  await typeProgram(page, 'print(6 * 7)')
  await startRun(page)
  await statusOf(page, /^completed/)
  t.equal(await page.locator('#output').innerText(), '42\n')
  t.same(problems, [])
})

t.test('a page of another origin can run programs if CORS_ORIGIN contains this origin', async (t) => {
  const host = await startService(t, { env: { SERVER_LISTEN_ADDR: '127.0.0.1' } })
  for (const [origin, expected] of [[host.url, { stdout: '42\n', hasId: true }], ['https://app.example.org', 'TypeError']] as const) {
    const service = await startService(t, { env: { CORS_ORIGIN: origin } })
    const { page } = await openTab(t, await startBrowser(t), host.url, { path: '/livez' })
    const output = await page.evaluate(async ({ url, token }) => {
      const headers = { 'X-Access-Token': token, 'Content-Type': 'application/json' }
      const response = await fetch(`${url}/run/python`, { method: 'POST', headers, body: '{"code": "print(6 * 7)"}' }).catch((error: Error) => error.name)
      if (typeof response === 'string') return response
      const { stdout } = await response.json() as { stdout: string }
      return { stdout, hasId: response.headers.has('x-request-id') }
    }, { url: service.url, token: 'engine-test-7c1f0a9d4b' })
    t.same(output, expected, origin)
  }
})
