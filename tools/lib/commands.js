import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Folders with system commands that the PATH of some users lacks. */
const SYSTEM_DIRS = ['/usr/sbin', '/usr/local/sbin']

/**
 * Finds a command.
 * @param {string} name
 * @returns {string | undefined} path of the command, from PATH or the system folders
 */
export function findCommand (name) {
  return [...(process.env.PATH ?? '').split(':').filter((dir) => dir !== ''), ...SYSTEM_DIRS]
    .map((dir) => path.join(dir, name)).find(isExecutable)
}

/** @param {string} file */
function isExecutable (file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
