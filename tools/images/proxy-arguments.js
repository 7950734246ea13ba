/** Predefined build arguments: a Dockerfile can use them without ARG, and they do not affect the build cache or the image. */
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']

/**
 * Returns build arguments that pass the proxies of this process to a build.
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
