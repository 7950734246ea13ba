import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise } from 'yauzl'

const OWNER_EXECUTE = 0o100

/**
 * Unpacks a zip file and keeps executable bits. A wheel is a zip file, and some hosts lack a tool that keeps file modes.
 * @param {string} file
 * @param {string} into
 * @param {(name: string) => boolean} [wanted] selects the files to unpack; default: all
 * @throws Error if the file is damaged or contains a path outside `into`
 */
export async function unzip (file, into, wanted = () => true) {
  const zip = await openPromise(file)
  for await (const entry of zip.eachEntry()) {
    const { fileName, externalFileAttributes } = entry
    if (fileName.endsWith('/') || !wanted(fileName)) continue
    const target = path.join(into, fileName)
    await mkdir(path.dirname(target), { recursive: true })
    const mode = (externalFileAttributes >>> 16 & OWNER_EXECUTE) !== 0 ? 0o755 : 0o644
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode }))
  }
}
