/** @typedef {import('./language.js').Language} Language */

/**
 * Returns the image labels that the service reads: see docs/protocol.md, "Image labels".
 * @param {Language} language
 * @param {{version: string, hello: string, digest: string}} found
 * @returns {Record<string, string>}
 */
export function imageLabels (language, { version, hello, digest }) {
  return {
    'runonce.protocol': '2',
    'runonce.language': language.name,
    'runonce.aliases': (language.aliases ?? []).join(' '),
    'runonce.listed': (language.listed ?? []).join(' '),
    'runonce.version': version,
    'runonce.main': language.main,
    'runonce.hello': hello,
    ...language.memory === undefined ? {} : { 'runonce.memory': String(language.memory) },
    ...language.processes === undefined ? {} : { 'runonce.processes': String(language.processes) },
    'runonce.resizable': String(!language.fixedHeap),
    'runonce.builds': String(language.build !== undefined),
    'runonce.interactive': String(language.interactive ?? false),
    'runonce.digest': digest
  }
}

/**
 * Returns the version number in the first line of the output of a version command.
 * @param {string} output
 * @returns {string} the version number; empty if the line has none
 */
export function versionNumber (output) {
  const line = output.trimStart().split('\n')[0] ?? ''
  return /\d+(?:\.\d+)+/.exec(line)?.[0] ?? /\d+/.exec(line)?.[0] ?? ''
}
