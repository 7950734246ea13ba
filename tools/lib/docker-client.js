import Docker from 'dockerode'

/**
 * @param {string} socketPath the engine's
 * @returns {Docker} a client; every option is set, because dockerode takes missing ones from DOCKER_HOST and similar variables
 */
export function dockerClient (socketPath) {
  const options = { socketPath, host: undefined, protocol: 'http', ca: undefined, cert: undefined, key: undefined }
  return new Docker(/** @type {Docker.DockerOptions} */ (/** @type {unknown} */ (options)))
}
