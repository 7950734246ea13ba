/** Exports the routes that are compatible with other systems, one line for each system. */
export { addRunUserCode } from './run-user-code.js'
export { addApiExecute } from './api-execute.js'
