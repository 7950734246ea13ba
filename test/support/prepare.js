import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'

/** Installs the dependencies where they are missing or older than the lock file. Needs nothing but Node itself. */
export function installDependencies () {
  const installed = 'node_modules/.package-lock.json'
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs) return
  process.stdout.write('== dependencies: npm ci\n')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit' })
}

/**
 * Makes sure of a C compiler and make, for the runner's tests on the host.
 * @returns {string | undefined} why there is none
 */
export function findCompiler () {
  if (works('cc') && works('make')) return undefined
  if (process.getuid?.() !== 0 || !isDebian()) return 'no cc and make here; on Debian and Ubuntu: apt-get install gcc make libc6-dev'
  process.stdout.write('== compiler: apt-get install gcc make\n')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment })
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'gcc', 'make', 'libc6-dev'], { stdio: 'inherit', env: environment })
  return undefined
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
