import { fromBufferPromise, type Entry } from 'yauzl'

import { InvalidSubmission } from './errors.js'
import { MAX_EXTRACT_BYTES } from './limits.js'

const MAX_FILES = 1000
/** The type of a file in the upper half of its external attributes, if the archive was written on Unix (stat(2), st_mode). */
const TYPE_MASK = 0o170000
const REGULAR = 0o100000
const UNIX = 3

export interface ExtractedFile {
  name: string
  content: Buffer
}

/**
 * Extracts a zip file. yauzl rejects absolute names, names with `..` and files that are larger than they declare.
 * @throws InvalidSubmission
 */
export async function extractFiles (archive: Buffer): Promise<ExtractedFile[]> {
  const files: ExtractedFile[] = []
  let bytesLeft = MAX_EXTRACT_BYTES
  try {
    const zip = await fromBufferPromise(archive)
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      bytesLeft -= entry.uncompressedSize
      const problem = problemOf(entry, files.length, bytesLeft)
      if (problem !== undefined) throw refusal(problem)
      const chunks: Buffer[] = []
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
      files.push({ name: entry.fileName, content: Buffer.concat(chunks) })
    }
  } catch (error) {
    throw error instanceof InvalidSubmission ? error : refusal(`is not a valid zip file: ${(error as Error).message}`)
  }
  return files
}

function problemOf (entry: Entry, files: number, bytesLeft: number): string | undefined {
  if (files >= MAX_FILES) return `has more than ${MAX_FILES} files`
  if (bytesLeft < 0) return `is too large (maximum is ${MAX_EXTRACT_BYTES} bytes when extracted)`
  const type = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 & TYPE_MASK : 0
  return type === 0 || type === REGULAR ? undefined : `must contain regular files only, but ${JSON.stringify(entry.fileName)} is not a regular file`
}

function refusal (message: string): InvalidSubmission {
  return new InvalidSubmission({ additional_files: [message] })
}
