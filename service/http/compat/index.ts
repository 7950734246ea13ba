/** Exports the APIs that are compatible with other systems, one line for each API. */
export { runUserCode } from './run-user-code.js'
export { apiExecute } from './api-execute.js'
export { sandboxFusion } from './sandbox-fusion/index.js'
export { piston } from './piston/index.js'
export { mcp } from './mcp/index.js'
export { judge0 } from './judge0/index.js'
