import { aptInstall, canInstallPackages } from '../lib/apt.js'
import { findCommand } from '../lib/commands.js'

/** Commands that some tests require on the host, with the Debian packages that contain them. */
const TOOLS = {
  compiler: { commands: ['cc', 'make'], packages: ['gcc', 'make', 'libc6-dev'] },
  fuzzer: { commands: ['clang'], packages: ['clang', 'libclang-rt-dev'] },
  secondEngine: { commands: ['mmdebstrap', 'unshare'], packages: ['mmdebstrap', 'debian-archive-keyring', 'util-linux', 'mount'] },
  loadBalancer: { commands: ['haproxy', 'openssl'], packages: ['haproxy', 'openssl'] },
  monitoring: { commands: ['prometheus', 'promtool'], packages: ['prometheus'] },
  redis: { commands: ['redis-server', 'redis-cli'], packages: ['redis-server'] },
  browser: { commands: ['chromium'], packages: ['chromium'] },
  crun: { commands: ['crun'], packages: ['crun'] },
  runsc: { commands: ['runsc'], packages: ['runsc'] },
  aarch64: {
    commands: ['aarch64-linux-gnu-gcc', 'qemu-aarch64-static'],
    packages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'linux-libc-dev-armhf-cross', 'qemu-user-static']
  }
}

/** @typedef {keyof typeof TOOLS} Tools */

/**
 * Finds commands by group name. Installs missing commands if this process has permission.
 * @param {Tools} name
 * @returns {Promise<string | undefined>} a message if some commands are missing
 */
export async function findTools (name) {
  const { commands, packages } = TOOLS[name]
  const missing = () => commands.filter((command) => findCommand(command) === undefined)
  if (missing().length > 0 && canInstallPackages()) {
    process.stdout.write(`== ${name}: apt-get install ${packages.join(' ')}\n`)
    await aptInstall(packages).catch((/** @type {Error} */ error) => process.stdout.write(`${error.message}\n`))
  }
  return missing().length === 0 ? undefined : `${missing().join(' and ')} not found; Debian, Ubuntu: apt-get install ${packages.join(' ')}`
}
