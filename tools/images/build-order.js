/** The languages that a new user most likely tries first. */
const LEADERS = ['python', 'bash', 'javascript']
/** Size of an image without packages, in bytes. Also the assumed size of a language that was never measured. */
const SMALLEST_BYTES = 82e6
/** CPU time in seconds on an idle machine: for what all images share, for each image, and for each megabyte of its packages. */
const CPU_S = { shared: 60, image: 12, megabyte: 0.08 }
/** Disk space in bytes: for what all images share, and with the build cache for each byte of packages. */
const DISK = { shared: 500e6, factor: 0.8 }

/** @typedef {Record<string, {bytes: number}>} Sizes size of each language's image, in bytes */

/**
 * Sorts languages so that a new user can use many of them early: the leaders first, and then the smaller images before the larger ones.
 * @param {string[]} names
 * @param {Sizes} sizes
 * @returns {string[]}
 */
export function buildOrder (names, sizes) {
  const rank = (/** @type {string} */ name) => (LEADERS.indexOf(name) + 1) || LEADERS.length + 1
  return names.toSorted((a, b) => rank(a) - rank(b) || bytesOf(a, sizes) - bytesOf(b, sizes))
}

/**
 * Estimates the time and the disk space that builds need, without the time of the downloads.
 * @param {string[]} names images to build, in the order of the builds
 * @param {Sizes} sizes
 * @param {number} builds number of concurrent builds
 * @returns {{firstSeconds: number, allSeconds: number, bytes: number}} `firstSeconds`: time until the first image is built
 */
export function estimateBuilds (names, sizes, builds) {
  const packages = names.map((name) => bytesOf(name, sizes) - SMALLEST_BYTES)
  const seconds = packages.map((bytes) => CPU_S.image + CPU_S.megabyte * bytes / 1e6)
  const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0)
  const firstSeconds = CPU_S.shared + (seconds[0] ?? 0)
  return {
    firstSeconds,
    allSeconds: Math.max(firstSeconds, CPU_S.shared + sum(seconds) / builds),
    bytes: DISK.shared + DISK.factor * sum(packages)
  }
}

/** @param {string} name @param {Sizes} sizes */
function bytesOf (name, sizes) {
  return sizes[name]?.bytes ?? SMALLEST_BYTES
}
