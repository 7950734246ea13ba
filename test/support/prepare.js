import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'

/** Installs the dependencies where they are missing or older than the lock file. Needs nothing but Node itself. */
export function installDependencies () {
  const installed = 'node_modules/.package-lock.json'
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs) return
  process.stdout.write('== dependencies: npm ci\n')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit' })
}

/** What fetches a language's packages, beside npm, and the Debian package that has it. @type {Record<string, {tool: string, from: string}>} */
const CLIENTS = { pypi: { tool: 'pip3', from: 'python3-pip' }, maven: { tool: 'mvn', from: 'maven' } }

/**
 * Makes sure of the registries' clients; where that can't be, the build of a language that needs one says so.
 * @param {string[]} registries pypi, maven
 */
export function installClients (registries) {
  const missing = registries.flatMap((name) => CLIENTS[name] ?? []).filter(({ tool }) => !works(tool))
  if (missing.length === 0 || process.getuid?.() !== 0 || !isDebian()) return
  install(`for packages: ${missing.map(({ tool }) => tool).join(', ')}`, missing.map(({ from }) => from))
}

/** What tests on the host need, and Debian's packages that have it. */
export const TOOLS = {
  compiler: { commands: ['cc', 'make'], packages: ['gcc', 'make', 'libc6-dev'] },
  fuzzer: { commands: ['clang'], packages: ['clang', 'libclang-rt-dev'] },
  secondEngine: { commands: ['mmdebstrap', 'unshare'], packages: ['mmdebstrap', 'util-linux', 'mount'] },
  aarch64: {
    commands: ['aarch64-linux-gnu-gcc', 'qemu-aarch64-static'],
    packages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'linux-libc-dev-armhf-cross', 'qemu-user-static']
  }
}

/**
 * Makes sure of some tools: as root on Debian and Ubuntu, by installing them.
 * @param {keyof typeof TOOLS} name
 * @returns {string | undefined} why they are not here
 */
export function findTools (name) {
  const { commands, packages } = TOOLS[name]
  if (commands.every(works)) return undefined
  if (process.getuid?.() === 0 && isDebian()) install(name, packages)
  const still = commands.filter((command) => !works(command))
  return still.length === 0 ? undefined : `no ${still.join(' and ')} here; on Debian and Ubuntu: apt-get install ${packages.join(' ')}`
}

/**
 * By apt-get; what it can't install stays missing, which the callers see.
 * @param {string} what
 * @param {string[]} packages
 */
function install (what, packages) {
  process.stdout.write(`== ${what}: apt-get install ${packages.join(' ')}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit', env })
  } catch (error) {
    process.stdout.write(`${/** @type {Error} */ (error).message}\n`)
  }
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
