/** The protocols of other systems, one line each. */
export { addRunUserCode } from './run-user-code.js'
export { addApiExecute } from './api-execute.js'
