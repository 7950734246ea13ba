import t from 'tap'

import { startService, until } from '../engine/kit.js'
import { enterToken, openTab, outputOf, startBrowser, startRun, statusOf, typeProgram } from './browser.js'

/** Writes a red PNG of 6 × 4 pixels, and an SVG image with a script. */
const IMAGES = `
import struct, zlib

def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

rows = (b'\\0' + b'\\xff\\0\\0' * 6) * 4
with open('red.png', 'wb') as file:
    file.write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 6, 4, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
with open('circle.svg', 'w') as file:
    file.write('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"><script>top.scripted = true</script><circle r="3" fill="#0a0"/></svg>')
`
const STREAMED = `
import sys, time
print('one', flush=True)
time.sleep(0.5)
print('two', file=sys.stderr, flush=True)
time.sleep(0.5)
print(input(), flush=True)
time.sleep(5)
print('last')
`

t.test('the playground', async (t) => {
  const service = await startService(t)
  const browser = await startBrowser(t)
  const tab = await openTab(t, browser, service.url)
  const { page, problems } = tab
  const output = page.locator('#output')
  const text = async () => await output.evaluate((element) => element.textContent)

  await t.test('shows the hello program of each language', async (t) => {
    t.equal(await page.getByLabel('Language').inputValue(), 'python')
    const editor = page.getByRole('textbox', { name: 'Program' })
    t.match(await editor.innerText(), 'Hello World!')
    await page.getByLabel('Language').selectOption('cpp')
    t.match(await editor.innerText(), '#include')
    await page.getByLabel('Language').selectOption('python')
    t.notMatch(await editor.innerText(), '#include')
  })

  await t.test('rejects a wrong token with a message, and asks again', async (t) => {
    await typeProgram(page, 'print(6 * 7)')
    await startRun(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'The service rejected this token.' }).waitFor()
    await enterToken(page, 'engine-test-wröng')
    await page.getByRole('alert').filter({ hasText: 'The service rejected this token.' }).waitFor()
    await enterToken(page, 'engine-test-7c1f0a9d4b')
    t.match(await statusOf(page, /^completed/), /^completed, time [\d.]+ ms, CPU [\d.]+ ms, memory [\d.]+ MB$/)
    t.equal(await text(), '42\n')
    problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes('401')))
  })

  await t.test('shows output while the program runs, in order and in two colors', async (t) => {
    await typeProgram(page, STREAMED)
    await page.getByLabel('Input (stdin)').fill('three\n')
    await startRun(page)
    await until(async () => (await text())?.includes('three'), 'the third line')
    t.equal(await page.getByRole('status').innerText(), 'running …')
    t.same(await outputOf(page), [['stdout', 'one\n'], ['stderr', 'two\n'], ['stdout', 'three\n']])
    await statusOf(page, /^completed/)
    t.equal(await text(), 'one\ntwo\nthree\nlast\n')
    const colors = await page.locator('#output > span').evaluateAll((parts) => parts.map((part) => getComputedStyle(part).color))
    t.equal(new Set(colors).size, 2)
  })

  await t.test('keeps the token for the tab, and only there', async (t) => {
    await page.reload({ waitUntil: 'networkidle' })
    await startRun(page)
    await statusOf(page, /^completed/)
    const other = await openTab(t, browser, service.url)
    await other.page.getByRole('button', { name: 'Run', exact: true }).click()
    await other.page.getByRole('dialog').waitFor()
    t.same(await page.evaluate(() => [Object.keys(localStorage), document.cookie]), [[], ''])
  })

  await t.test('cancels an endless loop, whose container is removed', async (t) => {
    await typeProgram(page, 'print("begun", flush=True)\nwhile True:\n    pass')
    await startRun(page)
    await until(async () => await text() === 'begun\n', 'the output')
    await service.running(1)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await statusOf(page, /^cancelled$/)
    await until(async () => (await service.containers()).length === 0, 'the removal of the container')
    t.equal(await text(), 'begun\n')
    await typeProgram(page, 'print("next")')
    await startRun(page)
    await statusOf(page, /^completed/)
    t.equal(await text(), 'next\n')
  })

  await t.test('shows the reason why a program fails', async (t) => {
    await typeProgram(page, 'raise SystemExit(3)')
    await startRun(page)
    t.match(await statusOf(page, /^failed/), /^failed \(.*3.*\), time /)
  })

  await t.test('shows the errors of a compiler', async (t) => {
    await page.getByLabel('Language').selectOption('cpp')
    await typeProgram(page, 'int main() { return missing; }')
    await startRun(page)
    t.match(await statusOf(page, /^build failed/), /^build failed \(.*\), build [\d.]+ ms/)
    const [[stream, message] = []] = await outputOf(page)
    t.equal(stream, 'stderr')
    t.match(message, 'main.cpp:1:21: error: ')
    await page.getByLabel('Language').selectOption('python')
  })

  await t.test('shows images that the program wrote, whose scripts do not run', async (t) => {
    await typeProgram(page, IMAGES)
    await startRun(page)
    await statusOf(page, /^completed/)
    const images = page.getByRole('img')
    await until(async () => await images.evaluateAll((all) => all.length > 0 && all.every((image) => (image as HTMLImageElement).complete)), 'the images')
    t.same(await images.evaluateAll((all) => (all as HTMLImageElement[]).map(({ alt, naturalWidth, naturalHeight }) => [alt, naturalWidth, naturalHeight])),
      [['The file circle.svg', 9, 7], ['The file red.png', 6, 4]])
    t.notOk(await page.evaluate(() => 'scripted' in window))
  })

  await t.test('a link contains the language and the program, and does not run it', async (t) => {
    const code = 'int main() {\n  return 7; // grüße 🦄\n}\n'
    await page.getByLabel('Language').selectOption('cpp')
    await typeProgram(page, code)
    await page.getByRole('button', { name: 'Copy link' }).click()
    await statusOf(page, /link/)
    const { hash } = new URL(page.url())
    const other = await openTab(t, browser, service.url, { path: `/playground${hash}` })
    t.equal(await other.page.getByLabel('Language').inputValue(), 'cpp')
    t.equal(await other.page.evaluate(() => document.getElementById('editor')?.shadowRoot?.querySelector<HTMLElement>('.cm-content')?.innerText.trim()), code.trim())
    t.equal(await other.page.locator('#output').innerText(), '')
    await startRun(other.page)
    await statusOf(other.page, /^failed/)
    t.same(other.problems, [])
  })

  t.same(problems, [], 'the console has no errors, the policy was not violated, and no other host was used')
})

t.test('the playground can be used with the keyboard only', async (t) => {
  const service = await startService(t)
  const { page, problems } = await openTab(t, await startBrowser(t), service.url)
  const focused = async () => await page.evaluate(() => document.activeElement?.id)
  const tabTo = async (id: string) => {
    for (let i = 0; i < 20 && await focused() !== id; i++) await page.keyboard.press('Tab')
    t.equal(await focused(), id)
  }
  await tabTo('editor')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('if True:\nprint("grüße", flush=True)\nprint(input())')
  await page.keyboard.press('Escape')
  await tabTo('stdin')
  await page.keyboard.type('typed')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('engine-test-7c1f0a9d4b')
  await page.keyboard.press('Enter')
  await statusOf(page, /^completed/)
  t.equal(await page.locator('#output').innerText(), 'grüße\ntyped\n')

  await page.keyboard.press('Shift+Tab')
  t.equal(await focused(), 'editor')
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('while True: pass')
  await page.keyboard.press('Control+Enter')
  await statusOf(page, /^running/)
  await page.keyboard.press('Escape')
  await tabTo('cancel')
  await page.keyboard.press('Enter')
  await statusOf(page, /^cancelled$/)
  t.equal(await focused(), 'run', 'the focus is not lost')
  t.same(problems, [])
})

t.test('on a phone, the page does not scroll horizontally', async (t) => {
  const service = await startService(t)
  const { page, problems } = await openTab(t, await startBrowser(t), service.url, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true })
  const widths = async () => await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  t.same(await widths(), [360, 360])
  await typeProgram(page, `print("${'x'.repeat(500)}")\n${IMAGES}`)
  await startRun(page)
  await statusOf(page, /^completed/)
  await page.getByRole('img').first().waitFor()
  t.same(await widths(), [360, 360], 'after a run with long lines')
  t.same(problems, [])
})
