import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { lastLines } from '../../lib/last-lines.js'
import { inNamespace } from '../../lib/namespace.js'

const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url))
/** Parent of the folder with the changed blocks of the disk, which may take gigabytes. */
const PARENT = '/var/tmp'
const MEMORY_MIB = 3072
const POLL_MS = 1000

/**
 * Boots the guest, which runs the tests and powers off. Prints the output of the tests while they run.
 * @param {import('./disk.js').Machine} machine
 * @param {object} options
 * @param {Record<string, string>} options.input contents of the guest's second disk: folders by their names on the disk
 * @param {string} options.journal file to which the log of the guest is copied
 * @param {number} options.timeoutMs
 * @returns {Promise<{exitCode: number, output: string}>} result of the tests
 * @throws Error with the last lines of the console if the tests did not end
 */
export async function runGuest ({ kernelRoot, disk }, { input, journal, timeoutMs }) {
  const work = await mkdtemp(path.join(PARENT, 'runonce-cgroup2-'))
  const output = path.join(work, 'output')
  await mkdir(output)
  const stopPrinting = printNewText(path.join(output, 'log'))
  try {
    const folders = Object.entries(input).map(([name, folder]) => `${name}=${folder}`)
    const command = ['sh', BOOT, kernelRoot, disk, work, String(MEMORY_MIB), ...folders]
    const console = await inNamespace(command, timeoutMs).then(({ stdout }) => stdout, (/** @type {Error & {stdout: string}} */ error) => `${error.stdout}\n${error.message}`)
    const text = await stopPrinting()
    const status = await readText(path.join(output, 'status'))
    await mkdir(path.dirname(journal), { recursive: true })
    await writeFile(journal, await readText(path.join(output, 'journal')) || console)
    if (status === '') throw new Error(`the tests in the guest did not end:\n${lastLines(console)}`)
    return { exitCode: Number(status), output: text }
  } finally {
    await stopPrinting()
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * Prints the text that another process appends to a file.
 * @param {string} file
 * @returns {() => Promise<string>} stops printing and returns the whole text
 */
function printNewText (file) {
  const stopped = new AbortController()
  const printing = (async () => {
    for (let printed = 0; ;) {
      const last = stopped.signal.aborted
      const text = await readText(file)
      process.stdout.write(text.slice(printed))
      printed = text.length
      if (last) return text
      await sleep(POLL_MS, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopped.abort()
    return await printing
  }
}

/** @param {string} file */
async function readText (file) {
  return await readFile(file, 'utf8').catch(() => '')
}
