import { aptInstall, canInstallPackages } from '../lib/apt.js'
import { findCommand } from '../lib/commands.js'

/** The client command of each package registry, and the Debian package that contains the command. */
export const CLIENTS = {
  npm: { command: 'npm', debian: 'npm' },
  pypi: { command: 'pip3', debian: 'python3-pip' },
  maven: { command: 'mvn', debian: 'maven' }
}

/** @typedef {keyof typeof CLIENTS} Registry */

/**
 * Installs missing registry clients if this process has permission. Otherwise, the build of a language that requires a client reports an error.
 * @param {Registry[]} registries
 */
export async function installClients (registries) {
  const missing = registries.map((name) => CLIENTS[name]).filter(({ command }) => findCommand(command) === undefined)
  if (missing.length === 0 || !canInstallPackages()) return
  const packages = missing.map(({ debian }) => debian)
  process.stdout.write(`== apt-get install ${packages.join(' ')}\n`)
  await aptInstall(packages).catch((/** @type {Error} */ error) => process.stdout.write(`${error.message}\n`))
}
