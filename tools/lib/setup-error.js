/** An error that the user can fix. The message explains the fix in at most two lines. */
export class SetupError extends Error {}
