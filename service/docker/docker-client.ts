import type http from 'node:http'

import Docker from 'dockerode'

/**
 * A dockerode client for a socket. dockerode takes settings from DOCKER_HOST and the variables that belong to it, and throws
 * where it cannot use them; they are meant for other clients. Without DOCKER_HOST it reads none of them.
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
