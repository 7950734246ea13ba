import { stat } from 'node:fs/promises'

import type { EventStream } from './event-stream.js'

/**
 * Calls `listener` when the engine can never be reached again through the socket file. An engine that restarts
 * deletes its socket file and creates a new one. If the file itself is mounted in a container, the container keeps
 * the deleted file, which has no links.
 * @see inode(7), st_nlink
 */
export function onStaleSocket (events: EventStream, socketPath: string, listener: () => void): void {
  events.onConnectError(({ code }) => {
    if (code !== 'ECONNREFUSED') return
    void isDeleted(socketPath).then((deleted) => { if (deleted) listener() })
  })
}

/** Whether the file has been deleted, although its path still exists. */
async function isDeleted (path: string): Promise<boolean> {
  return await stat(path).then(({ nlink }) => nlink === 0, () => false)
}
