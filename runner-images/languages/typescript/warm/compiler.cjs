'use strict'
// Talks with the compiler that waits (`tsc --api`, the companion): tuples of MessagePack, [type, method, JSON]. While it opens
// files it asks us for the text of each; we answer for the project's file alone, which exists nowhere else.
// Source: the npm package typescript, dist/api/syncChannel.js and dist/api/proto.d.ts of the same release.
const { closeSync, readFileSync, readSync, writeSync } = require('fs')

const COMPANION = 64
const FOLDER = '/opt/runonce/language'
const PROJECT = `${FOLDER}/tsconfig.json`
const [REQUEST, CALL_RESPONSE, RESPONSE, CALL] = [1, 2, 4, 6]
const BIN8 = 0xc4
const CHECKS = ['getConfigFileParsingDiagnostics', 'getProgramDiagnostics', 'getSyntacticDiagnostics', 'getBindDiagnostics', 'getSemanticDiagnostics', 'getGlobalDiagnostics']
const NOT_FOR_PROJECTS = ['ignoreConfig', 'pretty']
const LISTS = ['lib', 'types', 'typeRoots']

/** The options of compiler.options, `[name, value]`; value is undefined for a switch. */
const OPTIONS = readFileSync(`${FOLDER}/compiler.options`, 'utf8').trim().split('\n').map((line) => line.slice('--'.length).split(' '))
const projectOptions = Object.fromEntries(OPTIONS.filter(([name]) => !NOT_FOR_PROJECTS.includes(name))
  .map(([name, value]) => [name, value === undefined ? true : LISTS.includes(name) ? value.split(',') : value]))

const incoming = Buffer.allocUnsafeSlow(65536)
let from = 0
let to = 0
let project = ''
let opened

/**
 * Opens the files as the one project there is, in place of those before.
 * @param {string[]} files absolute paths, the main file first
 * @param {string} module the compiler's --module
 */
function open (files, module) {
  project = JSON.stringify({ compilerOptions: { ...projectOptions, module }, files })
  const last = opened?.snapshot
  ask('updateSnapshot', last === undefined ? { openProjects: [PROJECT] } : { fileChanges: { changed: [PROJECT], created: files } })
  const { snapshot, projects } = JSON.parse(answer('updateSnapshot'))
  if (projects.length !== 1) throw new Error('There is one project')
  opened = { snapshot, project: projects[0].id }
  if (last === undefined) return
  ask('release', { snapshot: last })
  answer('release')
}

/** Asks for all faults of what is open, and for the syntax trees of the files. `checked` reads what it says. */
function check (files) {
  for (const method of CHECKS) ask(method, opened)
  for (const file of files) ask('getSourceFile', { ...opened, file })
}

/** @returns {{ codes: number[], trees: Buffer[] }} the faults' numbers, and the files' trees (trees.cjs) */
function checked (files) {
  const codes = CHECKS.flatMap((method) => JSON.parse(answer(method).toString() || '[]') ?? []).map(({ code }) => code)
  return { codes, trees: files.map(() => answer('getSourceFile')) }
}

/** Ends it: companion.c kills it, at the latest before the runner's go-ahead is read. */
function end () {
  closeSync(COMPANION)
}

function ask (method, parameters) {
  send(REQUEST, method, JSON.stringify(parameters))
}

function answer (method) {
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
  if (to === 0) throw new Error('It is gone')
}

module.exports = { OPTIONS, open, check, checked, end }
