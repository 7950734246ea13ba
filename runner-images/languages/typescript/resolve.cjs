'use strict'
// TypeScript resolves `import './util'` to ./util.ts, and CommonJS finds ./util.js. ES modules in Node require the
// suffix, so this hook tries such an import again with each suffix.
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
          // the first error is more useful than that of an attempt with a suffix
        }
      }
      throw error
    }
  }
})
