import http from 'node:http'
import { finished } from 'node:stream/promises'

import { dockerClient } from '../lib/docker-client.js'

/** The base image from which tests build images. */
const BASE = 'debian:trixie-slim'

/**
 * Copies the base image and the images of the languages, with all tags, to another engine.
 * @param {string} fromPath socket path of the source engine
 * @param {string} toPath socket path of the target engine
 * @param {string[]} names names of languages
 */
export async function copyImages (fromPath, toPath, names) {
  process.stdout.write('== copying the images\n')
  const [from, to] = [dockerClient(fromPath), dockerClient(toPath)]
  const tags = [BASE]
  for (const name of names) tags.push(...(await from.getImage(`runonce/${name}:latest`).inspect()).RepoTags)
  const response = await to.loadImage(await save(fromPath, tags), { quiet: true })
  await finished(response.resume())
  for (const tag of tags) await to.getImage(tag).inspect()
}

/**
 * @param {string} socketPath
 * @param {string[]} tags
 * @returns {Promise<http.IncomingMessage>} a response with one archive of the images, which contains each layer once
 * @see Docker Engine API v1.41, ImageGetAll
 */
async function save (socketPath, tags) {
  const query = tags.map((tag) => `names=${encodeURIComponent(tag)}`).join('&')
  return await new Promise((resolve, reject) => {
    http.get({ socketPath, path: `/images/get?${query}`, agent: false }, (response) => {
      if (response.statusCode === 200) resolve(response)
      else reject(new Error(`the first engine cannot save its images: status ${response.statusCode}`))
    }).on('error', reject)
  })
}

/**
 * Returns the versions of an engine.
 * @param {string} socketPath
 */
export async function describeEngine (socketPath) {
  const { Version, ApiVersion } = await dockerClient(socketPath).version()
  return `Docker ${Version}, API ${ApiVersion}`
}
