import { readFile } from 'node:fs/promises'

/**
 * @param {string} text
 * @param {number} [count]
 * @returns {string} the last lines that are not blank
 */
export function lastLines (text, count = 15) {
  return text.split('\n').filter((line) => line.trim() !== '').slice(-count).join('\n')
}

/**
 * @param {string} file
 * @returns {Promise<string>} its last lines; empty when it cannot be read
 */
export async function lastLinesOfFile (file) {
  return lastLines(await readFile(file, 'utf8').catch(() => ''))
}
