// Part of `npm run docs`: writes the table of docs/tokens.md from the schema of the tokens file.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { table, withGeneratedPart } from './generated-part.js'

const PAGE = fileURLToPath(new URL('../../docs/tokens.md', import.meta.url))

/**
 * The parts of a schema that the table shows.
 * @typedef {object} Node
 * @property {string} [description]
 * @property {string} [accepts]
 * @property {{[name: string]: Node}} [properties]
 * @property {Node} [items]
 */

/**
 * Writes the table of the members of a token into docs/tokens.md.
 * @param {string} page content of docs/tokens.md
 * @param {Node} schema of the file
 * @returns {string} the page with a new table
 */
export function withMembers (page, schema) {
  return withGeneratedPart(page, table(['Member', 'Values', 'Meaning'], rowsOf(schema.properties?.tokens?.items ?? {}, '')))
}

/**
 * @param {Node} schema of an object
 * @param {string} prefix of the names of its members
 * @returns {string[][]}
 */
function rowsOf ({ properties = {} }, prefix) {
  return Object.entries(properties).flatMap(([name, member]) => [
    [`\`${prefix}${name}\``, member.accepts ?? '', member.description ?? ''],
    ...rowsOf(member, `${prefix}${name}.`)
  ])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { TokenFileSchema } = await import(new URL('../../dist/tokens/token-file-schema.js', import.meta.url).href)
  await writeFile(PAGE, withMembers(await readFile(PAGE, 'utf8'), TokenFileSchema))
}
