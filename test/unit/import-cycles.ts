import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

import ts from 'typescript'

/** Matches `import('./x.js')`: a dynamic import, or a type in a comment, which the TypeScript parser does not report. */
const IMPORT_CALL = /\bimport\('(\.[^']+)'\)/g

/**
 * Finds import cycles, including imports of types.
 * @param root absolute path of the repository
 * @param folders paths relative to `root`
 * @returns each cycle as a list of its files, relative to `root`
 */
export async function importCycles (root: string, folders: string[]): Promise<string[][]> {
  const imports = new Map<string, string[]>()
  for (const file of await sourceFiles(root, folders)) imports.set(file, importsOf(await readFile(file, 'utf8'), file))
  const cycles: string[][] = []
  const done = new Set<string>()
  for (const file of imports.keys()) visit(file, [])
  return cycles.map((cycle) => cycle.map((file) => path.relative(root, file)))

  function visit (file: string, importers: string[]): void {
    const start = importers.indexOf(file)
    if (start !== -1) cycles.push([...importers.slice(start), file])
    if (start !== -1 || done.has(file)) return
    for (const imported of imports.get(file) ?? []) visit(imported, [...importers, file])
    done.add(file)
  }
}

async function sourceFiles (root: string, folders: string[]): Promise<string[]> {
  const found = await Promise.all(folders.map(async (folder) => await readdir(path.join(root, folder), { withFileTypes: true, recursive: true })))
  return found.flat().filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name)).map((entry) => path.join(entry.parentPath, entry.name)).sort()
}

/** Returns the files that a source file imports by relative paths. A TypeScript file imports `x.js` to use x.ts. */
function importsOf (source: string, file: string): string[] {
  const parsed = ts.preProcessFile(source).importedFiles.map((each) => each.fileName).filter((name) => name.startsWith('.'))
  const called = [...source.matchAll(IMPORT_CALL)].map((match) => match[1] ?? '')
  return [...new Set([...parsed, ...called])].flatMap((name) => {
    const imported = path.resolve(path.dirname(file), name)
    return [imported, imported.replace(/\.js$/, '.ts')]
  })
}
