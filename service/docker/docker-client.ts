import type http from 'node:http'

import Docker from 'dockerode'

/**
 * Creates a dockerode client for a socket. If DOCKER_HOST is set, dockerode reads it and related variables, which are
 * intended for other clients, and throws if it does not support their values. Without DOCKER_HOST, it does not read the related variables.
 */
export function dockerClient (socketPath: string, agent: http.Agent): Docker {
  const { DOCKER_HOST: host } = process.env
  delete process.env.DOCKER_HOST
  try {
    const options = { socketPath, agent }
    return new Docker(options)
  } finally {
    if (host !== undefined) process.env.DOCKER_HOST = host
  }
}
