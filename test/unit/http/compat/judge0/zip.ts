import { crc32, deflateRawSync } from 'node:zlib'

interface Entry {
  name: string
  content?: string | Buffer
  /** The mode of the file on Unix. */
  mode?: number
  /** The size that the archive declares. */
  declaredSize?: number
  /** If true, the content is compressed. */
  deflate?: boolean
}

const DEFLATE = 8
const MADE_BY_UNIX = 3 << 8 | 20

/** Creates a zip file. @see APPNOTE.TXT of the zip format, sections 4.3.7, 4.3.12 and 4.3.16 */
export function zipOf (entries: Entry[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content = '', mode = 0o100644, declaredSize, deflate = false } of entries) {
    const plain = Buffer.from(content)
    const stored = deflate ? deflateRawSync(plain) : plain
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(deflate ? DEFLATE : 0, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(stored.length, 14)
    common.writeUInt32LE(declaredSize ?? plain.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), stored])
    const version = Buffer.alloc(2)
    version.writeUInt16LE(MADE_BY_UNIX)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(mode * 0x10000, 6)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), version, common, rest, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}
