// npm run doctor [-- --json] [--env-file FILE]: checks whether the service works on this machine. Chooses the engine as the quickstart does; with
// --env-file, the settings choose it, as for the service. Runs dist/doctor.js, which it builds first. Never starts an engine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'

import { chosenEngine, respondingEngines, usualPlaces } from '../engine/find-engines.js'
import { killOnExit } from '../lib/child.js'
import { parseSettings } from '../lib/env-file.js'
import { buildServiceIfStale } from '../lib/service-build.js'

const QUICKSTART_SETTINGS = '.runonce/env'
const USAGE = 'npm run doctor [-- --json] [--env-file FILE]'

const { json, file } = readArguments()
const env = await environment(file)
const found = await findEngine(env, file === undefined)
await buildServiceIfStale('.', () => process.stderr.write('building the service\n'))
const doctor = killOnExit(spawn(process.execPath, ['dist/doctor.js', ...json ? ['--json'] : [], '--found', JSON.stringify(found)], { env, stdio: 'inherit' }))
const [code] = await once(doctor, 'exit')
process.exitCode = code ?? 2

function readArguments () {
  try {
    const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, 'env-file': { type: 'string' } } })
    return { json: values.json, file: values['env-file'] }
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n${USAGE}\n`)
    process.exit(2)
  }
}

/**
 * Returns the environment of the service: the settings in the file, which non-empty variables of this process override. The socket of the
 * quickstart's settings is not used, because the quickstart finds its engine again at each start.
 * @param {string | undefined} file
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function environment (file) {
  const text = await readFile(file ?? QUICKSTART_SETTINGS, 'utf8').catch((/** @type {Error} */ error) => {
    if (file === undefined) return ''
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  })
  const settings = parseSettings(text)
  if (file === undefined) delete settings['DOCKER_UNIX_SOCKET_PATH']
  const own = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  // Without a token, the service does not start. The checks do not use it.
  const token = file === undefined ? { API_ACCESS_TOKEN: randomBytes(24).toString('hex') } : {}
  return { ...token, ...settings, ...own }
}

/**
 * Chooses the engine and sets its socket in `env`. Without a choice of the user, it is the first one that responds.
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} search whether the settings do not name the engine
 * @returns {Promise<{source?: string, unusable?: string, inContainer: boolean, others: import('../engine/find-engines.js').Place[]}>}
 */
async function findEngine (env, search) {
  const responding = await respondingEngines(usualPlaces(env))
  const chosen = search ? await chosenEngine(env) : undefined
  const socketPath = chosen === undefined && search ? responding[0]?.socketPath : chosen?.socketPath
  if (socketPath !== undefined) env['DOCKER_UNIX_SOCKET_PATH'] = socketPath
  if (search) delete env['DOCKER_HOST']
  return {
    inContainer: false,
    others: responding.filter((place) => place.socketPath !== env['DOCKER_UNIX_SOCKET_PATH']),
    ...chosen === undefined || chosen.source === 'DOCKER_UNIX_SOCKET_PATH' ? {} : { source: chosen.source },
    ...chosen === undefined || chosen.socketPath !== undefined ? {} : { unusable: chosen.value }
  }
}
