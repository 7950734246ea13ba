import os from 'node:os'
import path from 'node:path'

/** Returns the user's cache folder for this project. @returns {string} */
export function cacheDir () {
  const base = process.env.XDG_CACHE_HOME
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'runonce')
}

/** Returns the folder for fetched packages. @returns {string} */
export function artifactsDir () {
  return path.join(cacheDir(), 'artifacts')
}
