import { httpRequest } from '../lib/http-request.js'

const CALL_MS = 30_000
/** The architectures that the images support, as engines report them. */
const ARCHITECTURES = ['x86_64', 'amd64', 'aarch64', 'arm64']
/** Docker 20.10. */
const MIN_API = [1, 41]

/**
 * Finds out whether an engine can build and run the images, before a build starts.
 * @param {string} socketPath
 * @returns {Promise<{problems: string[], warnings: string[]}>} `problems` prevent runs; `warnings` are limits that the engine does not enforce
 * @throws Error if the engine does not respond
 */
export async function suitability (socketPath) {
  const [info, version] = await Promise.all(['/info', '/version'].map((path) => get(socketPath, path)))
  return {
    problems: [
      ...info.OSType === 'linux' ? [] : [`the engine runs ${info.OSType} containers, but the images need Linux`],
      ...ARCHITECTURES.includes(info.Architecture) ? [] : [`the engine's architecture is ${info.Architecture}, but the images support x86_64 and aarch64`],
      ...isAtLeast(version.ApiVersion, MIN_API) ? [] : [`the engine's API version is ${version.ApiVersion}, but the service needs ${MIN_API.join('.')} (Docker 20.10)`]
    ],
    warnings: [
      ...info.MemoryLimit === false ? ['the engine does not limit memory'] : [],
      ...info.PidsLimit === false ? ['the engine does not limit processes'] : [],
      ...info.CpuCfsQuota === false ? ['the engine does not limit CPU time: set DOCKER_CONTAINER_CPUS=0'] : []
    ]
  }
}

/**
 * @param {string} socketPath
 * @param {string} path
 * @returns {Promise<any>}
 */
async function get (socketPath, path) {
  const { status, text } = await httpRequest({ socketPath, path, timeout: CALL_MS, agent: false })
  if (status !== 200) throw new Error(`the engine at ${socketPath} responds to ${path} with status ${status}`)
  return JSON.parse(text)
}

/**
 * @param {string} version
 * @param {number[]} least
 */
function isAtLeast (version, [leastMajor = 0, leastMinor = 0]) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}
