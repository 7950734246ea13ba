import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'node:path'

/**
 * @typedef {object} Subject a program to measure
 * @property {string} language
 * @property {string} image
 * @property {string} main name of the main file
 * @property {string} program
 * @property {string} input stdin of the program
 * @property {string} expected the beginning of the expected output
 * @property {(ready?: boolean) => any} settings returns the body of the service's create request to the engine; with `ready`, of a pool container
 * @property {{ files: Array<{ name: string, content: string }>, stdin: string }} payload
 */

/** Longer programs, one per language. Each counts the words of 100 kB of input, which takes tens of milliseconds. */
const PROGRAMS = new URL('programs/', import.meta.url)

const INPUT = Array.from({ length: 17_000 }, (_, i) => `w${(i * 7919) % 2003}`).join(' ').slice(0, 100_000)

/**
 * Returns the programs to measure for a language.
 * @param {import('./engine-floor.js').EngineFloor} engine
 * @param {(image: object, ready?: boolean) => any} settingsOf
 * @param {string} language
 * @returns {Promise<Subject[]>} hello, and the longer program if the language has one
 */
export async function subjectsOf (engine, settingsOf, language) {
  const image = `runonce/${language}:latest`
  const { Id: id, Config: { User: user, Labels: labels } } = await engine.get(`/images/${image}/json`)
  const main = labels['runonce.main']
  const number = (/** @type {string | undefined} */ text) => text === undefined || text === '' ? undefined : Number(text)
  const described = {
    ref: image, id, user, language: {}, memoryBytes: number(labels['runonce.memory']), processes: number(labels['runonce.processes'])
  }
  const subject = (/** @type {string} */ program, /** @type {string} */ input) => ({
    language, image, main, program, input, expected: 'Hello', settings: (/** @type {boolean | undefined} */ ready) => settingsOf(described, ready), payload: { files: [{ name: main, content: program }], stdin: input }
  })
  const real = readdirSync(PROGRAMS).find((file) => parse(file).name === language)
  return [subject(labels['runonce.hello'], ''), ...(real === undefined ? [] : [subject(readFileSync(new URL(real, PROGRAMS), 'utf8'), INPUT)])]
}

/** @param {Subject} subject @param {{ stdout: string }} result @throws Error if the program printed something else */
export function expect (subject, result) {
  if (!result.stdout.startsWith(subject.expected)) {
    throw new Error(`${subject.image}: unexpected result: ${JSON.stringify(result).slice(0, 400)}`)
  }
}
