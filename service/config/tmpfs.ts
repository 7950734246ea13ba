import { absolutePath, verbatim, type VariableReader } from './variables.js'

/** Python's multiprocessing keeps its semaphores there. */
export const SHM_BYTES = 16 * 1024 * 1024
const MEMORY_LEFT_FREE = 32 * 1024 * 1024

export interface Tmpfs { path: string, options: string }

/** A tmpfs from `<prefix>_PATH` and `<prefix>_OPTIONS`; undefined where the path is set to nothing. */
export function readTmpfs (reader: VariableReader, prefix: string, defaultPath: string, defaultOptions: string): Tmpfs | undefined {
  const path = reader.orNone(`${prefix}_PATH`, absolutePath, defaultPath)
  const options = reader.read(`${prefix}_OPTIONS`, verbatim, defaultOptions)
  return path === undefined ? undefined : { path, options: withMode(options) }
}

/** A warning where what the tmpfs can hold leaves too little of the memory limit to the program. */
export function tmpfsWarnings (container: { memoryBytes: number, tmpDir: Tmpfs | undefined, workDir: Tmpfs | undefined }): string[] {
  const sizes = [container.tmpDir, container.workDir].map((tmpfs) => tmpfs === undefined ? 0 : tmpfsBytes(tmpfs.options))
  const total = sizes.reduce((sum, size) => sum + size, SHM_BYTES)
  if (total + MEMORY_LEFT_FREE <= container.memoryBytes) return []
  return ['DOCKER_CONTAINER_MEMORY: the two tmpfs and /dev/shm can hold ' +
    `${Number.isFinite(total) ? `${total} bytes` : 'any amount'} of its ${container.memoryBytes}; leave at least ${MEMORY_LEFT_FREE} free, ` +
    'or a program that fills them is killed as out of memory']
}

/** A tmpfs is root's, mode 755, unless told otherwise (tmpfs(5)). */
function withMode (options: string): string {
  return /(^|,)(mode|uid|gid)=/.test(options) ? options : `${options},mode=1777`
}

function tmpfsBytes (options: string): number {
  const [, digits, unit] = /(?:^|,)size=(\d+)([kmg]?)(?=,|$)/i.exec(options) ?? []
  if (digits === undefined) return Infinity
  return Number(digits) * ({ k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[(unit ?? '').toLowerCase()] ?? 1)
}
