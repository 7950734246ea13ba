// Runs the module with the given name (without suffix). A WASI command starts at _start. For a module that exports
// `main`, the result of main is printed. An import from another module of the program resolves to the export of that
// module.
import { existsSync, readFileSync } from 'node:fs'
import { WASI } from 'node:wasi'

const [, , name, ...args] = process.argv
const wasi = new WASI({ version: 'preview1', args: [`${name}.wasm`, ...args], env: process.env, preopens: { '.': '.' } })
const instances = new Map()

/**
 * @param {string} name
 * @returns {WebAssembly.Instance}
 */
function load (name) {
  const present = instances.get(name)
  if (present !== undefined) return present
  const module = new WebAssembly.Module(readFileSync(`${name}.wasm`))
  const imports = { ...wasi.getImportObject() }
  for (const { module: from } of WebAssembly.Module.imports(module)) {
    if (imports[from] === undefined && existsSync(`${from}.wasm`)) imports[from] = load(from).exports
  }
  const instance = new WebAssembly.Instance(module, imports)
  instances.set(name, instance)
  return instance
}

try {
  const instance = load(name)
  if (instance.exports._start !== undefined) {
    process.exitCode = wasi.start(instance)
  } else if (typeof instance.exports.main === 'function') {
    const result = instance.exports.main()
    if (result !== undefined) console.log(String(result))
  }
} catch (error) {
  // Prints only the stack frames of the module. The other frames belong to this file and to Node.
  const frames = String(error.stack).split('\n').filter((line) => line.includes('wasm://'))
  console.error([`${error.name}: ${error.message}`, ...frames].join('\n'))
  process.exitCode = 1
}
