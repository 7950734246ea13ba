import http from 'node:http'
import { finished } from 'node:stream/promises'

import Docker from 'dockerode'

/** The tests build images from it. */
const BASE = 'debian:trixie-slim'

/**
 * Gives an engine the languages' images of another one, under all their names, and the base image.
 * @param {string} fromPath socket
 * @param {string} toPath socket
 * @param {string[]} names of languages
 */
export async function copyImages (fromPath, toPath, names) {
  const [from, to] = [clientOf(fromPath), clientOf(toPath)]
  const tags = [BASE]
  for (const name of names) tags.push(...(await from.getImage(`runonce/${name}:latest`).inspect()).RepoTags)
  const answer = await to.loadImage(await save(fromPath, tags), { quiet: true })
  await finished(answer.resume())
  for (const tag of tags) await to.getImage(tag).inspect()
}

/**
 * @param {string} socketPath
 * @param {string[]} tags
 * @returns {Promise<http.IncomingMessage>} the images in one archive, their layers once
 * @see Docker Engine API v1.41, ImageGetAll
 */
async function save (socketPath, tags) {
  const query = tags.map((tag) => `names=${encodeURIComponent(tag)}`).join('&')
  return await new Promise((resolve, reject) => {
    http.get({ socketPath, path: `/images/get?${query}`, agent: false }, (response) => {
      if (response.statusCode === 200) resolve(response)
      else reject(new Error(`the first engine's images can't be saved: status ${response.statusCode}`))
    }).on('error', reject)
  })
}

/** @param {string} socketPath */
export async function describeEngine (socketPath) {
  const { Version, ApiVersion } = await clientOf(socketPath).version()
  return `Docker ${Version}, API ${ApiVersion}`
}

/** Named in full, or DOCKER_HOST and its kin would decide. @param {string} socketPath */
function clientOf (socketPath) {
  const options = { socketPath, host: undefined, protocol: 'http', ca: undefined, cert: undefined, key: undefined }
  return new Docker(/** @type {Docker.DockerOptions} */ (/** @type {unknown} */ (options)))
}
