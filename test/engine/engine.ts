import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import type Docker from 'dockerode'

import { dockerClient } from '../../tools/lib/docker-client.js'

/** Socket path of the test engine. If there is no engine, the test file fails here with a message. */
export const socketPath = findSocket()

export const docker = dockerClient(socketPath)

/** Returns the details of a container, or undefined if it does not exist. */
export async function inspect (id: string): Promise<Docker.ContainerInspectInfo | undefined> {
  return await docker.getContainer(id).inspect().catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined
    throw error
  })
}

/** Returns the containers with a host name, in any state. */
export async function containersNamed (hostname: string): Promise<Docker.ContainerInspectInfo[]> {
  const all = await docker.listContainers({ all: true })
  const details = await Promise.all(all.map(({ Id }) => inspect(Id)))
  return details.filter((info) => info !== undefined).filter(({ Config }) => Config.Hostname === hostname)
}

/** Throws an error with a message if the image of a language is missing, instead of a 400 in each test. */
export async function needImages (...languages: string[]): Promise<void> {
  for (const language of languages) {
    await docker.getImage(`runonce/${language}:latest`).inspect().catch(() => {
      throw new Error(`There is no image runonce/${language}:latest on the engine at ${socketPath}; build it: npm run images -- ${language}`)
    })
  }
}

function findSocket (): string {
  const { RUNONCE_TEST_DOCKER_SOCKET, DOCKER_HOST, XDG_CACHE_HOME } = process.env
  if (RUNONCE_TEST_DOCKER_SOCKET) return existing(RUNONCE_TEST_DOCKER_SOCKET, 'RUNONCE_TEST_DOCKER_SOCKET')
  if (DOCKER_HOST) {
    if (!DOCKER_HOST.startsWith('unix://')) throw new Error(`DOCKER_HOST is ${DOCKER_HOST}; the tests support only a unix:// socket`)
    return existing(DOCKER_HOST.slice('unix://'.length), 'DOCKER_HOST')
  }
  const own = join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'runonce/engine/docker.sock')
  const found = ['/var/run/docker.sock', own].find((path) => existsSync(path))
  if (found === undefined) {
    throw new Error(`No Docker engine: neither RUNONCE_TEST_DOCKER_SOCKET nor DOCKER_HOST is set, and there is no socket at /var/run/docker.sock or ${own}`)
  }
  return found
}

function existing (path: string, variable: string): string {
  if (!existsSync(path)) throw new Error(`No Docker engine: ${variable} names ${path}, which does not exist`)
  return path
}
