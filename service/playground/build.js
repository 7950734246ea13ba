// node service/playground/build.js [--watch]: bundles the playground into dist/playground. `npm run build` runs this after tsc.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { build, context } from 'esbuild'

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))
const OUT = fileURLToPath(new URL('../../dist/playground', import.meta.url))

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: ['index.html', 'main.ts', 'style.css'],
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  // The highlighting of each language is a separate file, which the page loads when the language is selected.
  splitting: true,
  chunkNames: 'chunks/[hash]',
  loader: { '.html': 'copy' },
  legalComments: 'none',
  logLevel: 'warning'
}

// Files of earlier builds have other names.
await rm(OUT, { recursive: true, force: true })
if (process.argv.includes('--watch')) {
  await (await context(OPTIONS)).watch()
} else {
  const { metafile } = await build({ ...OPTIONS, metafile: true })
  await writeFile(path.join(OUT, 'licenses.txt'), await licensesOf(Object.keys(metafile.inputs)))
}

/** Returns the licenses of the packages that the bundle contains. @param {string[]} inputs paths of source files */
async function licensesOf (inputs) {
  const names = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []))
  const texts = [...names].sort().map(async (name) => {
    const folder = path.join(MODULES, name)
    const files = (await readdir(folder)).filter((file) => /^licen[cs]e/i.test(file))
    const licenses = await Promise.all(files.map(async (file) => await readFile(path.join(folder, file), 'utf8')))
    if (licenses.length === 0) throw new Error(`The package ${name} has no license file`)
    return `${name}\n\n${licenses.join('\n')}`
  })
  return (await Promise.all(texts)).join('\n')
}
