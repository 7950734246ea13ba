/** Memory required for one build, in bytes: each build runs a compiler. */
const BUILD_BYTES = 2 * 2 ** 30
const ARCHES = new Map([['x86_64', 'x64'], ['amd64', 'x64'], ['aarch64', 'arm64'], ['arm64', 'arm64']])

/**
 * Returns the properties of an engine on which builds depend.
 * @param {import('dockerode')} docker
 * @returns {Promise<{arch: string, builds: number, data: string}>} `builds`: number of concurrent builds; `data`: folder of the engine's images
 * @throws Error if the images do not support the engine's architecture
 */
export async function engineLimits (docker) {
  const { Architecture, NCPU, MemTotal, DockerRootDir } = await docker.info()
  const arch = ARCHES.get(Architecture)
  if (arch === undefined) throw new Error(`the engine's architecture is ${Architecture}; the images support x86_64 and aarch64`)
  return { arch, builds: concurrentBuilds(NCPU, MemTotal), data: DockerRootDir }
}

/**
 * Returns how many builds can run at the same time.
 * @param {number} processors number of processors of the engine
 * @param {number} memory memory of the engine in bytes
 */
export function concurrentBuilds (processors, memory) {
  return Math.max(1, Math.min(processors, Math.floor(memory / BUILD_BYTES)))
}
