// node dist/doctor.js [--json]: checks with the settings of the service whether runonce works on this machine, and explains what does not
// work. Exit codes: 0 everything works, 1 something works but is weaker, 2 something does not work.
import { parseArgs } from 'node:util'

import { ConfigError, readConfig } from './config/config.js'
import { failed, verdictOf, type Check } from './doctor/check.js'
import type { Found } from './doctor/engine-access.js'
import { examine } from './doctor/examine.js'
import { formatJson, formatTable } from './doctor/report.js'

const EXIT_CODES = { ok: 0, weak: 1, failed: 2 }
const USAGE = 'Usage: node dist/doctor.js [--json]\n'

const startedAt = performance.now()
const { json, found } = readArguments()
const checks = await examineEnvironment(found)
const seconds = (performance.now() - startedAt) / 1000
process.stdout.write(json ? formatJson(checks, seconds) : formatTable(checks, { color: process.stdout.isTTY && !process.env['NO_COLOR'], seconds }))
process.exitCode = EXIT_CODES[verdictOf(checks)]

async function examineEnvironment (found: Found): Promise<Check[]> {
  try {
    return await examine(readConfig(process.env), found)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.errors.map((line) => failed('settings', line, 'correct the settings of the service: docs/configuration.md'))
  }
}

/** `--found` is used by `npm run doctor`. */
function readArguments (): { json: boolean, found: Found } {
  try {
    const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, found: { type: 'string', default: '{"others":[]}' } } })
    return { json: values.json, found: JSON.parse(values.found) as Found }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`)
    process.exit(EXIT_CODES.failed)
  }
}
