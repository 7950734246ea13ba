import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'

import { startDaemon } from '../../engine/daemon.js'
import { cacheDir } from '../../lib/cache.js'
import { endProcess } from '../../lib/process-table.js'
import { makeTemporary, removeTemporary } from '../../lib/temporary.js'
import { digest, makeOnce } from '../cached-root.js'
import { copyImages, imageIds } from '../../images/copy-images.js'

const STOP_MS = 60_000

/**
 * Returns a data folder of Docker with the images of the first engine, so that the slow guest does not load them. The cache folder keeps it until the
 * images change.
 * @param {string} socketPath socket path of the first engine
 * @param {string[]} names names of languages
 * @param {(text: string) => void} say receives a message before the long step
 */
export async function ensureData (socketPath, names, say) {
  const parent = path.join(cacheDir(), 'cgroup2-images')
  const data = path.join(parent, digest(...await imageIds(socketPath, names)))
  await makeOnce(data, async (part) => {
    say('copying the images')
    await rm(parent, { recursive: true, force: true })
    await mkdir(part, { recursive: true })
    await fill(part, socketPath, names)
  })
  return data
}

/**
 * Starts another engine with a data folder, which does not run containers, and copies the images to it.
 * @param {string} data
 * @param {string} socketPath
 * @param {string[]} names
 */
async function fill (data, socketPath, names) {
  const dir = await makeTemporary('/run', 'runonce-images-')
  const socket = path.join(dir, 'docker.sock')
  const command = ['dockerd', '--data-root', data, '--exec-root', path.join(dir, 'exec'), '--pidfile', path.join(dir, 'pid'), '-H', `unix://${socket}`, '--bridge=none', '--iptables=false']
  const daemon = await startDaemon(['setpriv', '--pdeathsig', 'TERM', ...command], { socketPath: socket, log: path.join(dir, 'log'), stopMs: STOP_MS })
  try {
    await copyImages(socketPath, socket, names)
  } finally {
    await endProcess(daemon.pid, daemon.start, STOP_MS)
    await removeTemporary(dir)
  }
}
