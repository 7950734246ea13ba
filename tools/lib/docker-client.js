import Docker from 'dockerode'

/**
 * Creates a client of the engine.
 * @param {string} socketPath socket path of the engine
 * @returns {Docker} a client that ignores DOCKER_HOST and related variables. By default, dockerode reads them and throws if it does not support
 *   their values
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
