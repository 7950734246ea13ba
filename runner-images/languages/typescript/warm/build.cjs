'use strict'
// Performs the build step in the warm interpreter, and waits for the runner's message G. The waiting compiler, the
// companion, has already read the libraries. It checks the program while a second compiler, which does not read
// libraries, writes the JavaScript. If this JavaScript could differ from that of the build command, the build command
// writes it instead. If the program contains an error, or if the result could depend on the order of the files, which
// only the runner knows, the runner uses the plain commands.
const { spawnSync } = require('child_process')
const { readdirSync, readFileSync, readSync, statSync, writeSync } = require('fs')
const { join, resolve } = require('path')

const compiler = require('./compiler.cjs')
const trees = require('./trees.cjs')

const FOLDER = '/opt/runonce/language'
const SOURCE = /\.[cm]?tsx?$/
const MAIN = /^[^-@].*\.([cm]?ts|tsx)$/
/**
 * Files that change how the compiler or Node resolves files, and declaration files. Their effect depends on the order
 * of the files, and the check skips them.
 */
const SPECIAL = /(^|\/)(node_modules|package\.json|[jt]sconfig\.json)(\/|$)|\.d\.([^/]*\.)?[cm]?ts$/
/** Comments that suppress errors or refer to other files. */
const DIRECTIVE = /@ts-|\/\/\/\s*</i
/**
 * Two compilers need more memory than one, and checking a larger program takes longer than the warm interpreter
 * saves.
 */
const MOST_SOURCE_BYTES = 65536
/** All requests are sent before the first response is read, so they must fit into the socket buffer. */
const MOST_FILES = 64
const [WRITTEN, UNWRITTEN, INVALID] = [0, 1, 2]
const NOT_WITHOUT_LIBRARIES = ['lib', 'types', 'typeRoots']
const EXPECTED_COMPLAINT = 'error TS2318: ' // without the libraries, there is no global type Array
const ES_MODULE_CODES = readFileSync(`${FOLDER}/es-module.codes`, 'utf8').match(/\d+/g).map(Number)
const EMIT = [
  ...compiler.OPTIONS.filter(([name]) => !NOT_WITHOUT_LIBRARIES.includes(name)).flatMap(([name, value]) => value === undefined ? [`--${name}`] : [`--${name}`, value]),
  '--noLib', '--noCheck', '--module'
]

warmUp()

/**
 * @param {string} main name of the main file
 * @param {number} runner descriptor that receives B (the runner sends G in response) or P (the runner runs the plain
 * commands)
 * @returns {string} the file name that the run command in language.json uses
 */
module.exports = function build (main, runner) {
  if (!succeeds(() => make(main))) {
    writeSync(runner, 'P')
    readSync(runner, Buffer.alloc(1)) // the runner kills this process
    process.reallyExit(1)
  }
  writeSync(runner, 'B')
  if (readSync(runner, Buffer.alloc(1)) === 0) process.reallyExit(1)
  return main.replace(/(.)\.[^.]*$/, '$1') + '.js'
}

function succeeds (step) {
  try {
    return step()
  } catch {
    return false
  }
}

/** Writes the program's JavaScript. Returns false if the plain commands must run, for example to report an error. */
function make (main) {
  const names = readdirSync('.', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const others = names.filter((name) => SOURCE.test(name) && name !== main)
  if (!MAIN.test(main) || names.some((name) => SPECIAL.test(name)) || others.some((name) => /^[-@]/.test(name))) return false
  const files = [main, ...others]
  const bytes = names.filter((name) => SOURCE.test(name) || name.endsWith('.json')).reduce((sum, name) => sum + statSync(name).size, 0)
  if (bytes > MOST_SOURCE_BYTES || files.length > MOST_FILES) return false
  const verdict = check(files)
  compiler.end()
  return verdict === WRITTEN || (verdict === UNWRITTEN && others.length < 2 && command(files))
}

/** Checks the files for errors, and writes the JavaScript if this is safe. */
function check (files) {
  const paths = files.map((name) => resolve(name))
  const simple = files.every((name) => name.endsWith('.ts') && !DIRECTIVE.test(readFileSync(name, 'latin1')))
  for (const module of ['commonjs', 'esnext']) {
    compiler.open(paths, module)
    compiler.check(paths)
    const written = simple && emit(files, module)
    const { codes, trees: found } = compiler.checked(paths)
    if (module === 'commonjs' && codes.some((code) => ES_MODULE_CODES.includes(code))) continue
    if (codes.length > 0) return INVALID
    return written && found.every(trees.standsAlone) ? WRITTEN : UNWRITTEN
  }
}

function emit (files, module) {
  const { status, stdout } = spawnSync('tsc', [...EMIT, module, ...files], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
  return status === 2 && stdout.trim().split('\n').every((line) => line.startsWith(EXPECTED_COMPLAINT))
}

function command (files) {
  return spawnSync(`${FOLDER}/build`, files, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function warmUp () {
  const sample = [join(__dirname, 'sample.ts')]
  compiler.open(sample, 'commonjs')
  compiler.check(sample)
  spawnSync('tsc', ['--version'])
  const { codes, trees: [tree] } = compiler.checked(sample)
  if (codes.length > 0 || !trees.isUnderstood(tree) || trees.standsAlone(tree)) throw new Error('The syntax tree does not match the expected compiler version')
}
