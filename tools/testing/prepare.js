import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { SetupError } from '../engine/engine.js'
import { withLock } from '../engine/lease.js'
import { aptInstall } from '../lib/apt.js'
import { endWithThis } from '../lib/child.js'

/** As package.json's "engines" has it. */
const OLDEST_NODE = [20, 19]
const LOCK_MS = 20 * 60_000
/** Of the development dependencies: an installation for production has none. */
const NEEDED = ['node_modules/typescript', 'node_modules/tap']

/**
 * Installs the dependencies where they are missing or older than the lock file, one process at a time. Needs nothing but Node itself.
 * @throws SetupError when this Node is too old, or npm fails
 */
export async function installDependencies () {
  const fault = nodeFault(process.versions.node)
  if (fault !== undefined) throw new SetupError(fault)
  if (areInstalled()) return
  await withLock('node_modules', LOCK_MS, async () => {
    if (areInstalled()) return
    process.stdout.write('== dependencies: npm ci\n')
    // Named: NODE_ENV=production, or npm's own settings, would leave them out.
    const npm = endWithThis(spawn('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { stdio: 'inherit' }))
    const [code, signal] = await once(npm, 'exit').catch((/** @type {NodeJS.ErrnoException} */ error) => [error.code])
    if (code === 'ENOENT') throw new SetupError('There is no npm on this machine.\nInstall it (Debian, Ubuntu: apt-get install npm).')
    if (code !== 0) throw new SetupError(`npm ci failed (${signal ?? `exit code ${code}`}), see above.\nWithout a way to npm's registry, set one: npm config set registry URL, or HTTPS_PROXY.`)
  })
}

/**
 * @param {string} version
 * @returns {string | undefined} why that Node does not do, in two lines
 */
export function nodeFault (version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined
  return `This is Node ${version}; it takes ${OLDEST_NODE.join('.')} or newer.\nDebian 13 has one: apt-get install nodejs npm.`
}

function areInstalled () {
  const installed = 'node_modules/.package-lock.json'
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs && NEEDED.every((dir) => existsSync(dir))
}

/** What fetches a language's packages, beside npm, and the Debian package that has it. @type {Record<string, {tool: string, from: string}>} */
const CLIENTS = { pypi: { tool: 'pip3', from: 'python3-pip' }, maven: { tool: 'mvn', from: 'maven' } }

/**
 * Makes sure of the registries' clients; where that can't be, the build of a language that needs one says so.
 * @param {string[]} registries pypi, maven
 */
export async function installClients (registries) {
  const missing = registries.flatMap((name) => CLIENTS[name] ?? []).filter(({ tool }) => !works(tool))
  if (missing.length === 0 || process.getuid?.() !== 0 || !isDebian()) return
  await install(`for packages: ${missing.map(({ tool }) => tool).join(', ')}`, missing.map(({ from }) => from))
}

/** What tests on the host need, and Debian's packages that have it. */
export const TOOLS = {
  compiler: { commands: ['cc', 'make'], packages: ['gcc', 'make', 'libc6-dev'] },
  fuzzer: { commands: ['clang'], packages: ['clang', 'libclang-rt-dev'] },
  secondEngine: { commands: ['mmdebstrap', 'unshare'], packages: ['mmdebstrap', 'debian-archive-keyring', 'util-linux', 'mount'] },
  aarch64: {
    commands: ['aarch64-linux-gnu-gcc', 'qemu-aarch64-static'],
    packages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'linux-libc-dev-armhf-cross', 'qemu-user-static']
  }
}

/**
 * Makes sure of some tools: as root on Debian and Ubuntu, by installing them.
 * @param {keyof typeof TOOLS} name
 * @returns {Promise<string | undefined>} why they are not here
 */
export async function findTools (name) {
  const { commands, packages } = TOOLS[name]
  if (commands.every(works)) return undefined
  if (process.getuid?.() === 0 && isDebian()) await install(name, packages)
  const still = commands.filter((command) => !works(command))
  return still.length === 0 ? undefined : `no ${still.join(' and ')} here; on Debian and Ubuntu: apt-get install ${packages.join(' ')}`
}

/**
 * By apt-get; what it can't install stays missing, which the callers see.
 * @param {string} what
 * @param {string[]} packages
 */
async function install (what, packages) {
  process.stdout.write(`== ${what}: apt-get install ${packages.join(' ')}\n`)
  await aptInstall(packages).catch((/** @type {Error} */ error) => process.stdout.write(`${error.message}\n`))
}

/** @param {string} tool */
function works (tool) {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function isDebian () {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
}
