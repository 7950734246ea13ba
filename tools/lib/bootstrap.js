import { execute } from './child.js'
import { inNamespace } from './namespace.js'

const MAKE_MS = 30 * 60_000

/**
 * Creates a root file system of Debian with mmdebstrap. Requires root. The mounts in the new root disappear with mmdebstrap, even if it is killed, so
 * the caller can always remove the root.
 * @param {string} target folder that does not exist
 * @param {{suite: string, packages: string[]}} system
 */
export async function makeRoot (target, { suite, packages }) {
  const command = ['mmdebstrap', '--variant=minbase', `--include=${packages.join(',')}`, ...await bootstrapOptions(), suite, target]
  await inNamespace(command, MAKE_MS)
}

/** Returns the options with which mmdebstrap uses the apt settings of this host. */
export async function bootstrapOptions () {
  const { stdout } = await execute('apt-config', ['dump', 'Acquire'])
  return parseAptSettings(stdout)
}

/**
 * Converts apt settings to mmdebstrap options: the check of archive dates (the clock of the host may be wrong), and the proxy.
 * @param {string} dump output of `apt-config dump`
 * @returns {string[]}
 */
export function parseAptSettings (dump) {
  return [...dump.matchAll(/^Acquire::(?:(Check-Valid-Until|Check-Date) "(?:false|no|0)"|(https?::proxy) "([^"]+)");$/gim)]
    .map(([, date, proxy, value]) => date !== undefined ? `--aptopt=Acquire::${date} "false"` : `--aptopt=Acquire::${proxy} "${value}"`)
}
