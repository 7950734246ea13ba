/** The first line of the runner's stage, and the first step of an image that needs the runner. */
const RUNNER_STAGE = /^FROM \S+ AS runner$/
const RUNNER_COPY = /^COPY --from=runner /

/**
 * Splits the Dockerfile of all languages, so that the compilation of the runner and the installation of a language can run at the same time. The
 * classic builder builds the stages of a file in order, including those that the target does not need. The steps stay the same, so the engine finds
 * them in its cache when it builds the complete Dockerfile.
 * @param {string} dockerfile
 * @returns {{runner: string, packages: string}} `runner`: only the stage of the runner; `packages`: the other stages, without the steps that need the
 *   runner
 */
export function splitDockerfile (dockerfile) {
  const [head = '', ...stages] = dockerfile.split(/^(?=FROM )/m)
  const isRunner = (/** @type {string} */ stage) => RUNNER_STAGE.test(stage.split('\n')[0] ?? '')
  const others = stages.filter((stage) => !isRunner(stage)).join('').split('\n')
  const end = others.findIndex((line) => RUNNER_COPY.test(line))
  return {
    runner: head + stages.filter(isRunner).join(''),
    packages: head + others.slice(0, end < 0 ? undefined : end).join('\n')
  }
}
