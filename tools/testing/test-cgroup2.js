// npm run test:cgroup2 [-- --drivers systemd,cgroupfs] [step…]: boots a User Mode Linux guest with cgroup version 2, systemd and Docker, and runs tests
// in it: the accuracy of the counters (test/cgroup2), the runner's tests, engine tests and the attacks. Requires root on Debian or Ubuntu, on x86-64.
// The kernel, the disk and the images are kept in the cache folder. Prints a table of the steps and a closing line «N passed, N failed».
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { LANGUAGES } from './cgroup2/choice.js'
import { ensureMachine } from './cgroup2/disk.js'
import { runGuest } from './cgroup2/guest.js'
import { ensureData } from './cgroup2/images.js'
import { checkedCounts, plainCounts } from './counts.js'
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'

/** Default steps. What depends on the driver runs with both. */
const STEPS = { systemd: ['accuracy', 'runner', 'containers', 'engine', 'attacks'], cgroupfs: ['accuracy', 'containers'] }
const TIMEOUT_MS = 60 * 60_000
const JOURNAL = '.tap/cgroup2-journal.log'

const { values, positionals } = parseArgs({ options: { drivers: { type: 'string', default: Object.keys(STEPS).join() } }, allowPositionals: true })

await report(async () => {
  if (process.arch !== 'x64') return skip('User Mode Linux requires x86-64')
  const missing = process.getuid?.() === 0 ? await findTools('secondEngine') : 'the guest requires root'
  if (missing !== undefined) return skip(missing)
  return await testWithImages(LANGUAGES, async (socketPath) => {
    const machine = await ensureMachine(say)
    const docker = await ensureData(socketPath, LANGUAGES, say)
    const given = await mkdtemp('/var/tmp/runonce-cgroup2-given-')
    try {
      await writeFile(path.join(given, 'options.json'), JSON.stringify({ steps: chosenSteps() }))
      say('booting the guest')
      const input = { checkout: process.cwd(), docker, given }
      const { exitCode, output } = await runGuest(machine, { input, journal: JOURNAL, timeoutMs: TIMEOUT_MS })
      say(`the log of the guest is in ${JOURNAL}`)
      return checkedCounts(plainCounts(output), exitCode)
    } finally {
      await rm(given, { recursive: true, force: true })
    }
  })
})
process.exit()

function chosenSteps () {
  const drivers = values.drivers.split(',')
  return Object.fromEntries(drivers.map((driver) => [driver, positionals.length > 0 ? positionals : STEPS[/** @type {keyof STEPS} */ (driver)]]))
}

/** @param {string} text */
function say (text) {
  process.stdout.write(`== guest: ${text}\n`)
}
