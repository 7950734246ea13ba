/** An error that the user has to fix. The message says how, in at most two lines. */
export class SetupError extends Error {}
