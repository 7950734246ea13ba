/**
 * Loads the container settings of the built service, so that the engine alone is measured with identical containers.
 * @param {string} socketPath
 */
export async function serviceSettings (socketPath) {
  /** @type {typeof import('../../service/config/config.js')} */
  const { readConfig } = await import(built('config/config.js'))
  /** @type {typeof import('../../service/docker/container-settings.js')} */
  const { containerSettings, ONE_RUN } = await import(built('docker/container-settings.js'))
  const { container, run } = readConfig({ API_ACCESS_TOKEN: 'bench-3f9c1d7e5b2a4860', DOCKER_UNIX_SOCKET_PATH: socketPath })
  return (/** @type {any} */ image, /** @type {boolean} */ ready = false) => {
    const purpose = ready ? { idleMs: 60_000, warm: true, announce: true } : ONE_RUN
    return containerSettings({ image, container, run, identity: { owner: 'bench', boot: 'bench' }, purpose })
  }
}

/** @param {string} file */
function built (file) {
  return new URL(`../../dist/${file}`, import.meta.url).href
}
