import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { pack } from 'tar-fs'

import { proxyArguments } from './proxy-arguments.js'
import { readEvents } from './read-events.js'

/** Timeout of a build, in milliseconds. A build downloads Debian packages. */
const BUILD_MS = 30 * 60_000
const VERSION_MS = 60_000
const LOG_LINES = 25
const DPKG_COUNTER = /^\(Reading database/

/** @typedef {import('dockerode')} Docker */

/** Reports a failed build step. `log` has the last lines of the build log. */
export class BuildError extends Error {
  /**
   * @param {string} message
   * @param {string[]} log
   */
  constructor (message, log) {
    super(message)
    this.log = log
  }
}

/**
 * Formats the error of a build.
 * @param {Error} error
 * @returns {string} a message for the user, with the last lines of the build log
 */
export function failureText (error) {
  return `FAILED: ${error.message}${error instanceof BuildError ? error.log.map((line) => `\n    ${line}`).join('') : ''}`
}

/**
 * Builds an image with the classic builder on the network of the host, because the engine may have no container network.
 * @param {{docker: Docker, signal?: AbortSignal}} builder `signal` cancels the build
 * @param {string} dir path of the build context
 * @param {import('dockerode').ImageBuildOptions} options
 * @param {(step: string) => void} say receives each RUN step that is not in the engine's cache; all other steps are quick
 * @returns {Promise<string>} ID of the image
 * @throws BuildError if the build fails
 * @see Docker Engine API v1.41, ImageBuild
 */
export async function build ({ docker, signal }, dir, options, say) {
  const timeout = AbortSignal.timeout(BUILD_MS)
  const abortSignal = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
  const buildargs = { ...proxyArguments(process.env), ...options.buildargs }
  const all = { networkmode: 'host', forcerm: true, ...options, buildargs, abortSignal }
  const stream = await docker.buildImage(/** @type {import('node:stream').Readable} */ (/** @type {unknown} */ (pack(dir))), all)
  /** @type {string[]} */
  const log = []
  let id = ''
  let step = ''
  try {
    await readEvents(stream, (event) => {
      if (event.aux?.ID) id = event.aux.ID
      const line = stripVTControlCharacters(String(event.stream ?? event.status ?? '')).trimEnd()
      if (line.trim() === '') return
      log.push(...line.split(/[\r\n]+/).filter((each) => each !== '' && !DPKG_COUNTER.test(each)))
      if (log.length > 4 * LOG_LINES) log.splice(0, log.length - LOG_LINES)
      step = /^Step (\d+\/\d+ : .*)/s.exec(line)?.[1] ?? step
      if (line.startsWith(' ---> Running in') && step.includes(' : RUN ')) say(step)
    })
  } catch (error) {
    throw new BuildError(/** @type {Error} */ (error).message, log.slice(-LOG_LINES))
  }
  if (id === '') throw new BuildError('the build completed, but the engine reported no image ID', log.slice(-LOG_LINES))
  return id
}

/**
 * Runs a shell command in a container of the image.
 * @param {Docker} docker
 * @param {string} image
 * @param {string} command
 * @returns {Promise<string>} stdout of the command
 */
export async function outputOf (docker, image, command) {
  const container = await docker.createContainer({
    Image: image, Entrypoint: ['/bin/sh', '-c'], Cmd: [command], NetworkDisabled: true, HostConfig: { NetworkMode: 'none' }
  })
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    const stdout = new PassThrough()
    const stderr = new PassThrough()
    docker.modem.demuxStream(stream, stdout, stderr)
    stream.on('end', () => { stdout.end(); stderr.end() })
    stream.on('error', (error) => { stdout.destroy(error); stderr.destroy(error) })
    const outputs = Promise.all([text(stdout), text(stderr)])
    await container.start()
    const { StatusCode } = await container.wait({ abortSignal: AbortSignal.timeout(VERSION_MS) })
    const [out, err] = await outputs
    if (StatusCode !== 0) throw new BuildError(`"${command}" failed: exit code ${StatusCode}`, (out + err).split('\n').slice(-LOG_LINES))
    return out
  } finally {
    await container.remove({ force: true })
  }
}

/**
 * Removes images of runonce whose tag now refers to a newer image. An image that a container still uses is removed by a later build.
 * @param {Docker} docker
 * @param {string} label `name=value` label of the images to remove
 * @param {string} keep ID of the image to keep
 */
export async function removeOld (docker, label, keep) {
  const images = await docker.listImages({ filters: { dangling: ['true'], label: [label] } })
  for (const { Id } of images) {
    if (Id === keep) continue
    await docker.getImage(Id).remove().catch((/** @type {{statusCode?: number}} */ error) => {
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error
    })
  }
}
