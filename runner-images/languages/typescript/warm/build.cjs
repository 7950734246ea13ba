'use strict'
// The build step inside the warm interpreter: the same command as in language.json, and then the runner's go-ahead.
const { spawnSync } = require('child_process')
const { readdirSync, readSync, writeSync } = require('fs')
const { normalize } = require('path')

const COMMAND = '/opt/runonce/language/build'
const SUFFIXES = /\.(ts|tsx|mts|cts)$/

/**
 * @param {string} main the main file's name
 * @param {number} runner descriptor that takes B, or F and the exit code, and answers B with G
 * @returns {string} the name that the run command of language.json has for it
 */
module.exports = function build (main, runner) {
  const others = readdirSync('.', { recursive: true }).filter((name) => SUFFIXES.test(name) && name !== normalize(main))
  const { status } = spawnSync(COMMAND, [main, ...others], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) {
    const code = status ?? 1
    writeSync(runner, Uint8Array.of('F'.charCodeAt(0), code))
    process.reallyExit(code)
  }
  writeSync(runner, 'B')
  if (readSync(runner, Buffer.alloc(1)) === 0) process.reallyExit(1)
  return main.replace(/(.)\.[^.]*$/, '$1') + '.js'
}
