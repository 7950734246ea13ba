import Docker from 'dockerode'

/**
 * @param {string} socketPath the engine's
 * @returns {Docker} a client that ignores DOCKER_HOST and the variables that belong to it: dockerode takes settings from
 *   them, and throws where it cannot use them
 */
export function dockerClient (socketPath) {
  const { DOCKER_HOST: host } = process.env
  delete process.env.DOCKER_HOST
  try {
    return new Docker({ socketPath })
  } finally {
    if (host !== undefined) process.env.DOCKER_HOST = host
  }
}
