import { posix } from 'node:path'

/** An entry of the engine's runtimes. @see Docker Engine API v1.45, Runtime */
interface RuntimeEntry {
  /** The program, unless `runtimeType` names a containerd shim. */
  path?: string
  runtimeType?: string
  options?: { BinaryName?: string }
}

/** The members that select a runtime. @see Docker Engine API v1.45, SystemInfo */
export interface RuntimesInfo {
  DefaultRuntime?: string
  Runtimes?: Record<string, RuntimeEntry>
}

/** The shim of containerd that can serve several containers. The engine uses it for all runtimes with a `path`. */
const SHIM = 'io.containerd.runc.v2'
/** The programs with which a shared shim is tested. */
const SHARED = ['runc', 'crun']
/** Docker 24. Older engines ignore annotations of containers. */
const ANNOTATIONS_API = [1, 43] as const

/**
 * Whether the containers of a runtime can share a shim. gVisor cannot, although it may use the same shim.
 * @param runtime name of the runtime; undefined: the engine's default
 */
export function canShareShim (apiVersion: string, info: RuntimesInfo, runtime: string | undefined): boolean {
  const program = programOf(info, runtime ?? info.DefaultRuntime)
  return supportsAnnotations(apiVersion) && program !== undefined && SHARED.includes(program)
}

/** Returns the name of the runtime crun. Returns undefined if the engine has none, or if its default runtime isolates containers more than runc does. */
export function crunOf (info: RuntimesInfo): string | undefined {
  if (programOf(info, info.DefaultRuntime) !== 'runc') return undefined
  return Object.keys(info.Runtimes ?? {}).find((name) => programOf(info, name) === 'crun')
}

/** Returns the file name of the program, or undefined if the runtime has another shim. */
function programOf ({ Runtimes: runtimes = {} }: RuntimesInfo, name = ''): string | undefined {
  const entry = runtimes[name]
  if (entry === undefined) return undefined
  const { path, runtimeType = SHIM, options } = entry
  return runtimeType === SHIM ? posix.basename(options?.BinaryName ?? path ?? 'runc') : undefined
}

function supportsAnnotations (apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number)
  return major > ANNOTATIONS_API[0] || (major === ANNOTATIONS_API[0] && minor >= ANNOTATIONS_API[1])
}
