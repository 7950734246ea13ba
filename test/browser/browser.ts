import { once } from 'node:events'

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

import { findCommand } from '../../tools/lib/commands.js'
import { TOKEN, type Service, type Test } from '../engine/kit.js'

/** Time limit for the elements and the runs that a test waits for, in milliseconds. Other programs may use the machine. */
const WAIT_MS = 60_000

/** A tab that shows the playground. */
export interface Tab {
  page: Page
  /** Errors and warnings in the console, violations of the Content-Security-Policy and requests to other hosts. */
  problems: string[]
}

export async function startBrowser (t: Test): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: findCommand('chromium') ?? 'chromium', timeout: WAIT_MS })
  t.teardown(async () => { await browser.close() })
  return browser
}

interface OpenOptions extends BrowserContextOptions {
  /** The path and the fragment of the page. */
  path?: string
  /** Code that runs before the code of the page. */
  script?: string
}

/** Opens a page of a service in a new session without a token, and waits until it has loaded. */
export async function openTab (t: Test, browser: Browser, url: string, { path = '/playground/', script, ...options }: OpenOptions = {}): Promise<Tab> {
  const context = await browser.newContext(options)
  t.teardown(async () => { await context.close() })
  context.setDefaultTimeout(WAIT_MS)
  if (script !== undefined) await context.addInitScript(script)
  const problems = watchForProblems(context, url)
  const page = await context.newPage()
  await page.goto(url + path, { waitUntil: 'networkidle' })
  return { page, problems }
}

/** Types a program into the editor in place of the previous one. */
export async function typeProgram (page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Program' }).focus()
  await page.keyboard.press('Control+A')
  // Typed text would be indented by the editor.
  await page.keyboard.insertText(code)
}

/** Starts the program and enters the token if the page asks for it. */
export async function startRun (page: Page, token = TOKEN): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const dialog = page.getByRole('dialog')
  if (await dialog.isVisible()) await enterToken(page, token)
}

export async function enterToken (page: Page, token: string): Promise<void> {
  await page.getByLabel(/^The token/).fill(token)
  await page.getByRole('button', { name: 'Use token' }).click()
}

/** Waits for a status of the page. @returns the status */
export async function statusOf (page: Page, expected: RegExp): Promise<string> {
  const status = page.getByRole('status').filter({ hasText: expected })
  await status.waitFor()
  return await status.innerText()
}

/** Returns the parts of the output: the stream and the text of each. */
export async function outputOf (page: Page): Promise<string[][]> {
  return await page.locator('#output > span').evaluateAll((parts) => parts.map((part) => [part.className, part.textContent ?? '']))
}

/** Returns the port that the log reports for the separate port of the pages. */
export async function sidePort (service: Service): Promise<number> {
  for (;;) {
    const line = service.logs.find(({ msg }) => msg === 'listening for metrics or docs')
    if (line !== undefined) return Number(line['port'])
    await once(service.process.stdout as NodeJS.ReadableStream, 'data')
  }
}

function watchForProblems (context: BrowserContext, url: string): string[] {
  const problems: string[] = []
  const { origin } = new URL(url)
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`)
  })
  context.on('weberror', (error) => problems.push(String(error.error())))
  context.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) problems.push(`request: ${request.url()}`)
  })
  return problems
}
