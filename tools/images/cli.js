// npm run images [-- [--first] [--fresh] [--glot-tags] name…]: builds the images of all languages, or of the named languages and package sets.
// --first: also builds the languages of the quickstart. --glot-tags: also tags each image with the name of glot's image. Skips images that are up
// to date. --fresh: renews the base image first, so that all images are built again with the security updates of their packages.
import { parseArgs } from 'node:util'

import { dockerClient } from '../lib/docker-client.js'
import { diskUse } from './disk-use.js'
import { formatResults } from './format-results.js'
import { freshBase } from './fresh-base.js'
import { firstLanguages } from './language.js'
import { selectImages } from './sets.js'
import { withImages } from './with-images.js'

const { values, positionals } = parseArgs({
  allowPositionals: true, options: { first: { type: 'boolean', default: false }, fresh: { type: 'boolean', default: false }, 'glot-tags': { type: 'boolean', default: false } }
})
try {
  const names = await selectImages([...positionals, ...values.first ? await firstLanguages() : []])
  await withImages(names, async (socketPath, results) => {
    const tags = results.flatMap((result) => 'error' in result ? [] : [result.tag])
    process.stdout.write(`\n${formatResults(results, await diskUse(dockerClient(socketPath), tags))}\n`)
    if (results.some((result) => 'error' in result)) process.exitCode = 1
  }, {
    glotTags: values['glot-tags'],
    prepare: async (socketPath) => { if (values.fresh) await freshBase(dockerClient(socketPath), (step) => process.stdout.write(`base: ${step}\n`)) }
  })
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
}
