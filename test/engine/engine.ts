import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import Docker from 'dockerode'

/** Where the tests' engine listens. A test without an engine fails here, and says so. */
export const socketPath = findSocket()

// Named in full, or DOCKER_HOST and its kin would decide.
const options = { socketPath, host: undefined, protocol: 'http', ca: undefined, cert: undefined, key: undefined }
export const docker = new Docker(options as unknown as Docker.DockerOptions)

/** Every container that a runonce service made, running or not, and of whichever service. */
export async function containersOfOurs (): Promise<Docker.ContainerInfo[]> {
  return await docker.listContainers({ all: true, filters: { label: ['runonce.expires'] } })
}

/** What the engine knows of a container; undefined when there is none of that id. */
export async function inspect (id: string): Promise<Docker.ContainerInspectInfo | undefined> {
  return await docker.getContainer(id).inspect().catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined
    throw error
  })
}

/** The containers whose host name is `hostname`, in whatever state. */
export async function containersNamed (hostname: string): Promise<Docker.ContainerInspectInfo[]> {
  const all = await docker.listContainers({ all: true })
  const details = await Promise.all(all.map(({ Id }) => inspect(Id)))
  return details.filter((info) => info !== undefined).filter(({ Config }) => Config.Hostname === hostname)
}

/** Fails with a sentence where the language's image is missing, which is better than a 400 in each test. */
export async function needImages (...languages: string[]): Promise<void> {
  for (const language of languages) {
    await docker.getImage(`runonce/${language}:latest`).inspect().catch(() => {
      throw new Error(`There is no image runonce/${language}:latest on the engine at ${socketPath}; npm run images -- ${language} makes it`)
    })
  }
}

function findSocket (): string {
  const { RUNONCE_TEST_DOCKER_SOCKET, DOCKER_HOST, XDG_CACHE_HOME } = process.env
  if (RUNONCE_TEST_DOCKER_SOCKET) return existing(RUNONCE_TEST_DOCKER_SOCKET, 'RUNONCE_TEST_DOCKER_SOCKET')
  if (DOCKER_HOST) {
    if (!DOCKER_HOST.startsWith('unix://')) throw new Error(`DOCKER_HOST is ${DOCKER_HOST}; these tests take a unix:// socket only`)
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
  if (!existsSync(path)) throw new Error(`No Docker engine: ${variable} names ${path}, and there is no such socket`)
  return path
}
