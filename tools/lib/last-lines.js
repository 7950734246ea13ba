import { readFile } from 'node:fs/promises'

/**
 * Returns the end of a text.
 * @param {string} text
 * @param {number} [count]
 * @returns {string} the last `count` non-blank lines
 */
export function lastLines (text, count = 15) {
  return text.split('\n').filter((line) => line.trim() !== '').slice(-count).join('\n')
}

/**
 * Returns the end of a file.
 * @param {string} file
 * @returns {Promise<string>} the last lines of the file; empty if the file cannot be read
 */
export async function lastLinesOfFile (file) {
  return lastLines(await readFile(file, 'utf8').catch(() => ''))
}
