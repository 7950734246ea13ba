// Runs in the guest: the tests of test-cgroup2.js, with each cgroup driver. Prints a table of the steps and a closing line.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

import { httpRequest } from '../../lib/http-request.js'
import { stepTable, sum } from '../counts.js'
import { report } from '../report.js'
import { STEPS } from './steps.js'

const OPTIONS = '/input/given/options.json'
const SETTINGS = '/etc/docker/daemon.json'
const SOCKET = '/var/run/docker.sock'

/** @type {{steps: Record<string, string[]>}} steps by cgroup driver */
const { steps } = JSON.parse(readFileSync(OPTIONS, 'utf8'))

await report(async () => {
  process.stdout.write(`== Linux ${execFileSync('uname', ['-r'], { encoding: 'utf8' })}`)
  /** @type {import('../counts.js').Step[]} */
  const done = []
  for (const [driver, names] of Object.entries(steps)) {
    await useDriver(driver)
    for (const name of names) {
      const startedAt = performance.now()
      process.stdout.write(`== ${driver}: ${name}\n`)
      const counts = await STEPS[name]?.() ?? { passed: 0, failed: 1, skipped: 0 }
      done.push({ name: `${driver}: ${name}`, counts, seconds: (performance.now() - startedAt) / 1000 })
    }
  }
  process.stdout.write(`\n${stepTable(done)}\n`)
  return sum(done.map(({ counts }) => counts))
})
process.exit()

/**
 * Restarts the engine with a cgroup driver.
 * @param {string} driver
 */
async function useDriver (driver) {
  const settings = JSON.parse(readFileSync(SETTINGS, 'utf8'))
  writeFileSync(SETTINGS, JSON.stringify({ ...settings, 'exec-opts': [`native.cgroupdriver=${driver}`] }))
  execFileSync('systemctl', ['restart', 'docker'], { stdio: 'inherit' })
  // A connection to the previous engine process must not be used again.
  const { text } = await httpRequest({ socketPath: SOCKET, path: '/info', agent: false })
  const { CgroupDriver, CgroupVersion, ServerVersion } = JSON.parse(text)
  process.stdout.write(`== Docker ${ServerVersion}, cgroup version ${CgroupVersion}, driver ${CgroupDriver}\n`)
  if (CgroupVersion !== '2' || CgroupDriver !== driver) throw new Error(`the engine uses version ${CgroupVersion} and the driver ${CgroupDriver}`)
}
