import os from 'node:os'
import path from 'node:path'

/** @returns {string} the user's cache folder for this project */
export function cacheDir () {
  const base = process.env.XDG_CACHE_HOME
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'runonce')
}

/** @returns {string} the folder of fetched packages */
export function artifactsDir () {
  return path.join(cacheDir(), 'artifacts')
}
