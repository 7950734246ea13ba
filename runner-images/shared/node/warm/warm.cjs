'use strict'
// JavaScript's warm starter, required before the main module (NODE_OPTIONS) by `node main.js`. It runs once what each
// program needs, says R on descriptor 3, waits, and leaves: Node then goes on to the main module by itself, so that stack
// traces, require.main, both kinds of modules and the exit are its own. What it touches is little on purpose: each further
// module loaded here costs more at the process's end than it saves.
const { Console } = require('console')
const { closeSync, existsSync, readSync, writeSync } = require('fs')
const Module = require('module')
const { Socket } = require('net')
const { dirname, resolve } = require('path')
const { format } = require('util')

const RUNNER = 3
/** In a language that is made into JavaScript: the build step inside, `(main, descriptor) => the main file's new name`. */
const BUILD = '/opt/runonce/language/warm/build.cjs'
/** PROTOCOL: 4 bytes of size, then at most as many as an empty socket takes. */
const MOST_FRAME_BYTES = 4 + 65536

// Threads of the program require this file once more, for the option is the process's. The variable is gone by then.
if (process.env.NODE_OPTIONS !== undefined) start()
leaveNoTrace()

function start () {
  delete process.env.NODE_OPTIONS
  warmUp()
  const build = builder()
  const [name, ...args] = receive()
  process.chdir('.') // warm.c went to the program's folder: Node has to ask for it again
  const main = build?.(name, RUNNER) ?? name
  closeSync(RUNNER)
  process.argv.push(...args)
  become(resolve(main))
}

/** What makes JavaScript of the program, in a language that is another: it returns the main file's new name. */
function builder () {
  if (!existsSync(BUILD)) return undefined
  const build = require(BUILD)
  for (const path of Object.keys(require.cache)) if (dirname(path) === dirname(BUILD)) delete require.cache[path]
  return build
}

/** A console's first texts, to a stdout that is a pipe: all that Node does for them, but for the pipe. */
function warmUp () {
  const { nextTick } = process
  process.nextTick = (call, ...args) => { call(...args) } // Node's own would draw a number of an asynchronous resource
  const swallow = () => 0
  const handle = { getAsyncId: () => 1, writeUtf8String: swallow, writeLatin1String: swallow }
  const stream = new Socket({ handle, readable: false })
  const console = new Console({ stdout: stream, stderr: stream })
  // One plain text at a time: the console's first look at colours would draw such a number too.
  for (let i = 0; i < 3; i++) console.log(format('%d', i, { list: [i] }, 'text'))
  process.nextTick = nextTick
}

/** The main file's name and the program's arguments. Leaves quietly when the runner has no program for us. */
function receive () {
  const frame = Buffer.allocUnsafeSlow(MOST_FRAME_BYTES)
  writeSync(RUNNER, 'R')
  for (let size = 0; ;) {
    const count = readSync(RUNNER, frame, { offset: size })
    if (count === 0) process.reallyExit(0)
    size += count
    if (size < 4 || size < 4 + frame.readUInt32BE(0)) continue
    return frame.toString('utf8', 4, size - 1).split('\0')
  }
}

/** Node has made a path of its command line's main.js by now, in another folder: its next two looks for that file find this one, and no later ones. */
function become (path) {
  const asked = process.argv[1]
  const { _findPath, _resolveFilename } = Module
  process.argv[1] = path
  Module._findPath = function (request, paths, isMain) {
    if (request !== asked) return _findPath(request, paths, isMain)
    Module._findPath = _findPath
    return _findPath(path, paths, isMain)
  }
  Module._resolveFilename = function (request, ...rest) {
    if (request !== asked) return _resolveFilename(request, ...rest)
    Module._resolveFilename = _resolveFilename
    return _resolveFilename(path, ...rest)
  }
  // An ES module needs the first look alone, and begins later than this.
  queueMicrotask(() => { Module._resolveFilename = _resolveFilename })
}

function leaveNoTrace () {
  delete require.cache[__filename]
  for (const path of Object.keys(Module._pathCache)) delete Module._pathCache[path]
}
