'use strict'
// JavaScript's warm interpreter, required before the main module (NODE_OPTIONS) by `node main.js`. It executes code
// that every program needs, sends R on descriptor 3, waits, and returns. Node then loads the main module itself, so
// stack traces, require.main, both module systems and the exit are the same as in a plain run. It loads few modules,
// because each additional module takes more time at exit than it saves.
const { Console } = require('console')
const { closeSync, existsSync, readSync, writeSync } = require('fs')
const Module = require('module')
const { Socket } = require('net')
const { dirname, resolve } = require('path')
const { format } = require('util')

const RUNNER = 3
/** For languages that are compiled to JavaScript, the build step: `(main, descriptor) => the main file's new name`. */
const BUILD = '/opt/runonce/language/warm/build.cjs'
/** docs/protocol.md: 4 bytes for the size, then at most as many bytes as an empty socket buffer accepts. */
const MOST_FRAME_BYTES = 4 + 65536

// Worker threads of the program load this file again, because the option applies to the process. The variable is
// unset at that point.
if (process.env.NODE_OPTIONS !== undefined) start()
leaveNoTrace()

function start () {
  delete process.env.NODE_OPTIONS
  warmUp()
  const build = builder()
  const [name, ...args] = receive()
  process.chdir('.') // warm.c changed the folder; this makes Node read it again
  const main = build?.(name, RUNNER) ?? name
  closeSync(RUNNER)
  process.argv.push(...args)
  become(resolve(main))
}

/**
 * Returns the function that compiles the program to JavaScript and returns the new name of the main file, or
 * undefined for JavaScript.
 */
function builder () {
  if (!existsSync(BUILD)) return undefined
  const build = require(BUILD)
  for (const path of Object.keys(require.cache)) if (dirname(path) === dirname(BUILD)) delete require.cache[path]
  return build
}

/** Executes the code that Node runs for the first texts on a stdout that is a pipe, with a stream that writes nothing. */
function warmUp () {
  const { nextTick } = process
  process.nextTick = (call, ...args) => { call(...args) } // Node's nextTick would allocate an async ID
  const swallow = () => 0
  const handle = { getAsyncId: () => 1, writeUtf8String: swallow, writeLatin1String: swallow }
  const stream = new Socket({ handle, readable: false })
  const console = new Console({ stdout: stream, stderr: stream })
  // Prints exactly one string at a time, because console would otherwise check for colours, which also allocates an async ID.
  for (let i = 0; i < 3; i++) console.log(format('%d', i, { list: [i] }, 'text'))
  process.nextTick = nextTick
}

/**
 * Returns the name of the main file and the arguments. Exits without a message at end of file, because the runner
 * then has no program.
 */
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

/**
 * Makes Node run the program's file, although it has already resolved the main.js of its command line in another folder. The next two
 * lookups of this path return the program's file. Later lookups are unchanged.
 */
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
  // For an ES module, Node performs only the first lookup, and starts the module after this microtask.
  queueMicrotask(() => { Module._resolveFilename = _resolveFilename })
}

function leaveNoTrace () {
  delete require.cache[__filename]
  for (const path of Object.keys(Module._pathCache)) delete Module._pathCache[path]
}
