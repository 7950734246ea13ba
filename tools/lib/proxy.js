/** What the engine takes as build arguments without the Dockerfile's asking, and keeps out of its cache and of the image. */
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']

/**
 * This process's proxies, for what a build fetches inside.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 * @see Dockerfile reference, predefined ARGs
 */
export function proxyArguments (env) {
  /** @type {Record<string, string>} */
  const found = {}
  for (const name of NAMES.flatMap((each) => [each, each.toLowerCase()])) {
    const value = env[name]
    if (value !== undefined && value !== '') found[name] = value
  }
  return found
}
