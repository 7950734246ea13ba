import { dockerClient } from '../lib/docker-client.js'
import { BASE, imageId } from './base-image.js'
import { upToDate } from './build-image.js'
import { IMAGES } from './build-images.js'
import { buildOrder, estimateBuilds } from './build-order.js'
import { engineLimits } from './engine-limits.js'
import { readMeasurements } from './measurements.js'

/**
 * Describes the builds that `buildImages` will make.
 * @param {string} socketPath
 * @param {string[]} names names of languages
 * @returns {Promise<string | undefined>} one sentence with the estimated time and disk space; undefined if all images are up to date
 */
export async function describeBuilds (socketPath, names) {
  const docker = dockerClient(socketPath)
  const { arch, builds, data } = await engineLimits(docker)
  const { languages } = await readMeasurements()
  const missing = await missingImages(docker, arch, buildOrder(names, languages))
  if (missing.length === 0) return undefined
  const { firstSeconds, allSeconds, bytes } = estimateBuilds(missing, languages, builds)
  const when = missing.length === 1 ? minutes(firstSeconds) : `${minutes(firstSeconds)} for the first, ${minutes(allSeconds)} for all`
  return `${missing.length} of ${names.length} images to build: ${when}, without downloads, if the machine is otherwise idle; ` +
    `uses ${(bytes / 1e9).toFixed(1)} GB in ${data}`
}

/**
 * @param {import('dockerode')} docker
 * @param {string} arch
 * @param {string[]} names
 * @returns {Promise<string[]>} the images that are absent or out of date
 */
async function missingImages (docker, arch, names) {
  const id = await imageId(docker, BASE)
  if (id === undefined) return names
  const builder = { docker, imagesDir: IMAGES, base: { tag: BASE, id }, arch }
  const present = await Promise.all(names.map(async (name) => await upToDate(builder, name) !== undefined))
  return names.filter((_, index) => !present[index])
}

/** @param {number} seconds */
function minutes (seconds) {
  const whole = Math.max(1, Math.ceil(seconds / 60))
  return `about ${whole} minute${whole === 1 ? '' : 's'}`
}
