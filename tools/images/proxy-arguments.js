/** Predefined build arguments: the Dockerfile need not declare them, and they affect neither the build cache nor the image. */
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']

/**
 * The build arguments that give a build the proxies of this process.
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
