'use strict'
// The build step inside the warm interpreter, and then the runner's go-ahead. The compiler that waits, the companion, has the
// libraries read already: it checks the program, while a second one, which reads no library, writes the JavaScript. Where that
// JavaScript might be another than the build command's, the command writes it. All that the command reports, it reports in
// a plain run: what has a fault, and what may depend on the files' order, which only the runner knows, is handed back to it.
const { spawnSync } = require('child_process')
const { readdirSync, readFileSync, readSync, statSync, writeSync } = require('fs')
const { join, resolve } = require('path')

const compiler = require('./compiler.cjs')
const trees = require('./trees.cjs')

const FOLDER = '/opt/runonce/language'
const SOURCE = /\.[cm]?tsx?$/
const MAIN = /^[^-@].*\.([cm]?ts|tsx)$/
/** What changes how the compiler or Node finds files, and declarations: they depend on order, and nothing checks them. */
const SPECIAL = /(^|\/)(node_modules|package\.json|[jt]sconfig\.json)(\/|$)|\.d\.([^/]*\.)?[cm]?ts$/
/** Comments that silence faults or name further files. */
const DIRECTIVE = /@ts-|\/\/\/\s*</i
/** Two compilers at once need more memory than one, and a larger program's check takes longer than all that is saved. */
const MOST_SOURCE_BYTES = 65536
/** All are asked for at once, before any answer is read: questions and answers must find room in the socket. */
const MOST_FILES = 64
const [WRITTEN, UNWRITTEN, FAULTY] = [0, 1, 2]
const NOT_WITHOUT_LIBRARIES = ['lib', 'types', 'typeRoots']
const EXPECTED_COMPLAINT = 'error TS2318: ' // there is no global type Array, without libraries
const ES_MODULE_CODES = readFileSync(`${FOLDER}/es-module.codes`, 'utf8').match(/\d+/g).map(Number)
const EMIT = [
  ...compiler.OPTIONS.filter(([name]) => !NOT_WITHOUT_LIBRARIES.includes(name)).flatMap(([name, value]) => value === undefined ? [`--${name}`] : [`--${name}`, value]),
  '--noLib', '--noCheck', '--module'
]

warmUp()

/**
 * @param {string} main the main file's name
 * @param {number} runner descriptor that takes B and answers with G, or takes P: the runner is to run the plain commands
 * @returns {string} the name that the run command of language.json has for it
 */
module.exports = function build (main, runner) {
  if (!succeeds(() => make(main))) {
    writeSync(runner, 'P')
    readSync(runner, Buffer.alloc(1)) // the runner kills us
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

/** Makes the program's JavaScript. Returns false if the plain commands have to, or to say what is wrong. */
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

/** Looks for faults, and writes the JavaScript if that is safe. */
function check (files) {
  const paths = files.map((name) => resolve(name))
  const simple = files.every((name) => name.endsWith('.ts') && !DIRECTIVE.test(readFileSync(name, 'latin1')))
  for (const module of ['commonjs', 'esnext']) {
    compiler.open(paths, module)
    compiler.check(paths)
    const written = simple && emit(files, module)
    const { codes, trees: found } = compiler.checked(paths)
    if (module === 'commonjs' && codes.some((code) => ES_MODULE_CODES.includes(code))) continue
    if (codes.length > 0) return FAULTY
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
  if (codes.length > 0 || !trees.isUnderstood(tree) || trees.standsAlone(tree)) throw new Error('The compiler is another')
}
