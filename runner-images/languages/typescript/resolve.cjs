'use strict'
// TypeScript lets `import './util'` stand for ./util.ts, and CommonJS finds ./util.js for it. Node's ES modules do not: here
// such an import is tried once more with the suffixes.
const { registerHooks } = require('node:module')

const suffixes = ['.js', '.mjs', '.cjs', '/index.js']

registerHooks({
  resolve (specifier, context, nextResolve) {
    try {
      return nextResolve(specifier, context)
    } catch (error) {
      const missing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'ERR_UNSUPPORTED_DIR_IMPORT'
      if (!missing || !/^\.\.?(\/|$)/.test(specifier)) throw error
      for (const suffix of suffixes) {
        try {
          return nextResolve(specifier + suffix, context)
        } catch {
          // the first error tells more than that of a suffix
        }
      }
      throw error
    }
  }
})
