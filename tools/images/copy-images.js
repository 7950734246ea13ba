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
  const to = dockerClient(toPath)
  const tags = await tagsOf(fromPath, names)
  const response = await to.loadImage(await save(fromPath, tags), { quiet: true })
  await finished(response.resume())
  for (const tag of tags) await to.getImage(tag).inspect()
}

/**
 * Returns the IDs of the base image and of the images of the languages.
 * @param {string} socketPath
 * @param {string[]} names names of languages
 */
export async function imageIds (socketPath, names) {
  const docker = dockerClient(socketPath)
  return await Promise.all((await tagsOf(socketPath, names)).map(async (tag) => `${tag} ${(await docker.getImage(tag).inspect()).Id}`))
}

/**
 * @param {string} socketPath
 * @param {string[]} names names of languages
 * @returns {Promise<string[]>}
 */
async function tagsOf (socketPath, names) {
  const docker = dockerClient(socketPath)
  const tags = [BASE]
  for (const name of names) tags.push(...(await docker.getImage(`runonce/${name}:latest`).inspect()).RepoTags)
  return tags
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
