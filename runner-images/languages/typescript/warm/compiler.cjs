'use strict'
// Client of the waiting compiler (`tsc --api`, the companion). The messages are MessagePack tuples: [type, method,
// JSON]. While the compiler opens files, it requests the text of each file. The client supplies only the text of the
// project file, which does not exist on disk.
//
// Source: dist/api/syncChannel.js and dist/api/proto.d.ts in the npm package typescript of the same release.
const { closeSync, readFileSync, readSync, writeSync } = require('fs')

const COMPANION = 64
const FOLDER = '/opt/runonce/language'
const PROJECT = `${FOLDER}/tsconfig.json`
const [REQUEST, CALL_RESPONSE, RESPONSE, CALL] = [1, 2, 4, 6]
const BIN8 = 0xc4
const CHECKS = ['getConfigFileParsingDiagnostics', 'getProgramDiagnostics', 'getSyntacticDiagnostics', 'getBindDiagnostics', 'getSemanticDiagnostics', 'getGlobalDiagnostics']
const NOT_FOR_PROJECTS = ['ignoreConfig', 'pretty']
const LISTS = ['lib', 'types', 'typeRoots']

/** The options in compiler.options as `[name, value]`. The value is undefined for an option without a value. */
const OPTIONS = readFileSync(`${FOLDER}/compiler.options`, 'utf8').trim().split('\n').map((line) => line.slice('--'.length).split(' '))
const projectOptions = Object.fromEntries(OPTIONS.filter(([name]) => !NOT_FOR_PROJECTS.includes(name))
  .map(([name, value]) => [name, value === undefined ? true : LISTS.includes(name) ? value.split(',') : value]))

const incoming = Buffer.allocUnsafeSlow(65536)
let from = 0
let to = 0
let project = ''
let opened

/**
 * Opens the files as the only project and closes the previous ones.
 * @param {string[]} files absolute paths, the main file first
 * @param {string} module value of the compiler's option --module
 */
function open (files, module) {
  project = JSON.stringify({ compilerOptions: { ...projectOptions, module }, files })
  const last = opened?.snapshot
  request('updateSnapshot', last === undefined ? { openProjects: [PROJECT] } : { fileChanges: { changed: [PROJECT], created: files } })
  const { snapshot, projects } = JSON.parse(readResponse('updateSnapshot'))
  if (projects.length !== 1) throw new Error(`expected 1 project, got ${projects.length}`)
  opened = { snapshot, project: projects[0].id }
  if (last === undefined) return
  request('release', { snapshot: last })
  readResponse('release')
}

/** Requests all errors of the open project and the syntax trees of the files. `checked` reads the responses. */
function check (files) {
  for (const method of CHECKS) request(method, opened)
  for (const file of files) request('getSourceFile', { ...opened, file })
}

/** @returns {{ codes: number[], trees: Buffer[] }} the error codes, and the syntax trees of the files (trees.cjs) */
function checked (files) {
  const codes = CHECKS.flatMap((method) => JSON.parse(readResponse(method).toString() || '[]') ?? []).map(({ code }) => code)
  return { codes, trees: files.map(() => readResponse('getSourceFile')) }
}

/** Closes the connection. companion.c kills the compiler before the runner's message G is read. */
function end () {
  closeSync(COMPANION)
}

function request (method, parameters) {
  send(REQUEST, method, JSON.stringify(parameters))
}

function readResponse (method) {
  for (;;) {
    const [type, name, content] = receive()
    if (type === CALL && name === 'readFile') {
      send(CALL_RESPONSE, name, JSON.parse(content) === PROJECT ? JSON.stringify({ content: project }) : '')
      continue
    }
    if (type !== RESPONSE || name !== method) throw new Error(`${name}: ${content}`)
    return content
  }
}

function send (type, name, text) {
  const content = Buffer.from(text)
  const head = Buffer.from([0x93, type, BIN8, name.length, ...Buffer.from(name), BIN8 + 2, 0, 0, 0, 0])
  head.writeUInt32BE(content.length, head.length - 4)
  const message = Buffer.concat([head, content])
  for (let sent = 0; sent < message.length;) sent += writeSync(COMPANION, message, sent)
}

function receive () {
  if (byte() !== 0x93) throw new Error('Not a tuple')
  const type = byte()
  return [type === 0xcc ? byte() : type, binary().toString(), binary()]
}

function binary () {
  const sizeBytes = 2 ** (byte() - BIN8)
  if (![1, 2, 4].includes(sizeBytes)) throw new Error('Not binary')
  return take(take(sizeBytes).readUIntBE(0, sizeBytes))
}

function byte () {
  if (from === to) fill()
  return incoming[from++]
}

function take (size) {
  const taken = Buffer.allocUnsafeSlow(size)
  for (let at = 0; at < size;) {
    if (from === to) fill()
    const count = incoming.copy(taken, at, from, Math.min(to, from + size - at))
    from += count
    at += count
  }
  return taken
}

function fill () {
  from = 0
  to = readSync(COMPANION, incoming)
  if (to === 0) throw new Error('The compiler has exited')
}

module.exports = { OPTIONS, open, check, checked, end }
