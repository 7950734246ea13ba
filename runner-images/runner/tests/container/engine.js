// Builds the test image and starts containers through the API of the engine.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { attach, demultiplex } from '../../../../tools/lib/attach.js'
import { dockerClient } from '../../../../tools/lib/docker-client.js'

const IMAGE = 'runonce-check/runner'
const HERE = fileURLToPath(new URL('.', import.meta.url))
const OUT = fileURLToPath(new URL('../../out/', import.meta.url))
export const CONTEXT = `${OUT}container/`

const socketPath = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '')
const docker = dockerClient(socketPath)

/** Compiles the test programs and builds the image. @param {Record<string, object>} languages languages by name; the first language is the default of the image */
export async function buildImage (languages) {
  rmSync(CONTEXT, { recursive: true, force: true })
  mkdirSync(`${CONTEXT}programs`, { recursive: true })
  mkdirSync(`${CONTEXT}languages`)
  const programs = readdirSync(`${HERE}programs`).map((file) => file.replace(/\.c$/, ''))
  for (const name of programs) {
    execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-static', '-D_GNU_SOURCE', '-o', `${CONTEXT}programs/${name}`, `${HERE}programs/${name}.c`])
  }
  for (const [name, language] of Object.entries(languages)) writeFileSync(`${CONTEXT}languages/${name}.json`, JSON.stringify(language))
  writeFileSync(`${CONTEXT}language.json`, JSON.stringify(Object.values(languages)[0]))
  copyFileSync(`${HERE}Dockerfile`, `${CONTEXT}Dockerfile`)
  copyFileSync(`${OUT}runner`, `${CONTEXT}runner`)
  const src = ['Dockerfile', 'runner', 'language.json', ...programs.map((name) => `programs/${name}`)]
  const progress = await docker.buildImage({ context: CONTEXT, src }, { t: IMAGE, networkmode: 'none', forcerm: true })
  /** @type {Array<{ error?: string }>} */
  const steps = await new Promise((resolve, reject) => {
    docker.modem.followProgress(progress, (error, output) => error === null ? resolve(output) : reject(error))
  })
  const failed = steps.find(({ error }) => error !== undefined)?.error
  if (failed !== undefined) throw new Error(failed)
}

export async function removeImage () {
  await docker.getImage(IMAGE).remove({ force: true })
}

/**
 * Starts a container and attaches to its stdin, stdout and stderr.
 * @param {import('dockerode').ContainerCreateOptions} settings override the settings of `docker run -i --network none`
 */
export async function startContainer ({ HostConfig, ...settings }) {
  const container = await docker.createContainer({
    Image: IMAGE,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: { NetworkMode: 'none', ...HostConfig },
    ...settings
  })
  const stream = await attach(socketPath, container.id)
  await container.start()
  return { container, stream }
}

/** Runs a command in a running container and returns its stdout. @param {import('dockerode').Container} container @param {...string} Cmd */
export async function inside (container, ...Cmd) {
  const exec = await container.exec({ Cmd, AttachStdout: true, AttachStderr: true })
  const stream = await exec.start({})
  /** @type {Buffer[]} */
  const chunks = []
  stream.on('data', (chunk) => chunks.push(chunk))
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject))
  return demultiplex(Buffer.concat(chunks)).stdout.toString()
}
