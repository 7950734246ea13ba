import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inflateRawSync } from 'node:zlib'

const END = 0x06054b50
const END_SIZE = 22
const ENTRY = 0x02014b50
const ENTRY_SIZE = 46
const LOCAL_SIZE = 30
const STORED = 0
const DEFLATED = 8

/**
 * Unpacks a zip file, executables as such: a wheel is one, and what would unpack it with its modes is not on every host.
 * @param {string} file
 * @param {string} into
 * @param {(name: string) => boolean} [wanted] which of its files
 * @throws Error for a damaged file, one with a path that leads out of `into`, and for zip64
 * @see APPNOTE.TXT 6.3.10, 4.3
 */
export async function unzip (file, into, wanted = () => true) {
  const zip = await readFile(file)
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end < 0 || end + END_SIZE > zip.length || zip.readUInt32LE(end) !== END) throw new Error(`${path.basename(file)} is no zip file`)
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + ENTRY_SIZE > zip.length || zip.readUInt32LE(at) !== ENTRY) throw new Error(`${path.basename(file)} is damaged, or zip64`)
    const nameSize = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + ENTRY_SIZE, at + ENTRY_SIZE + nameSize)
    if (!name.endsWith('/') && wanted(name)) {
      const target = path.join(into, name)
      if (!target.startsWith(into + path.sep)) throw new Error(`${path.basename(file)} holds ${name}, which is outside of it`)
      await mkdir(path.dirname(target), { recursive: true })
      await writeFile(target, contentOf(zip, at), { mode: (zip.readUInt32LE(at + 38) >>> 16 & 0o100) !== 0 ? 0o755 : 0o644 })
    }
    at += ENTRY_SIZE + nameSize + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
}

/**
 * @param {Buffer} zip
 * @param {number} entry where the central directory tells of the file
 */
function contentOf (zip, entry) {
  const method = zip.readUInt16LE(entry + 10)
  const size = zip.readUInt32LE(entry + 20)
  const local = zip.readUInt32LE(entry + 42)
  const start = local + LOCAL_SIZE + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const packed = zip.subarray(start, start + size)
  if (method === STORED) return packed
  if (method === DEFLATED) return inflateRawSync(packed)
  throw new Error(`a zip file's compression method is ${method}`)
}
