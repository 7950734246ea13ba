import type Docker from 'dockerode'

import type { ContainerConfig, NamedImage } from '../config/config.js'
import type { Engine } from './engine.js'
import type { EventStream } from './event-stream.js'
import { imageMatcher, taggedName } from './image-names.js'
import { AUTO } from './runtime-choice.js'

/** The members that are checked. @see Docker Engine API v1.41, SystemInfo */
export interface EngineInfo {
  NCPU?: number
  MemTotal?: number
  Runtimes?: Record<string, unknown>
  MemoryLimit?: boolean
  SwapLimit?: boolean
  PidsLimit?: boolean
  CpuCfsQuota?: boolean
}

/** capabilities(7) as of Linux 5.9, the last version that added one. */
const CAPABILITIES = new Set(`AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
  FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
  PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO
  SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL`.split(/\s+/))
/** Mount options without a value that the engine accepts (moby, sys/mount/flags). */
const TMPFS_FLAGS = new Set(`defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime
  bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime nostrictatime`.split(/\s+/))
const TMPFS_VALUES = /^(size|nr_blocks|nr_inodes)=\d+[kmgtpe%]?$|^mode=[0-7]+$|^(uid|gid)=\d+$|^mpol=./i

interface CheckParts {
  engine: Engine
  container: ContainerConfig
  namedImages: NamedImage[]
  warn: (message: string) => void
}

/** Logs a warning for each setting that the engine rejects or cannot enforce, as soon as the engine responds. */
export class SettingsCheck {
  readonly #warned = new Set<string>()

  constructor (private readonly parts: CheckParts) {}

  /**
   * Runs the check whenever the event stream connects, because it may be another engine or the engine may have
   * changed.
   */
  follow (events: EventStream): void {
    events.onGap(() => { if (events.connected) void this.check() })
  }

  /** Never rejects: if the engine does not respond, the next connection of the event stream repeats the check. */
  async check (): Promise<void> {
    const { engine, container, namedImages } = this.parts
    const info = await engine.call<EngineInfo>((options) => engine.docker.info(options as never)).catch(() => undefined)
    if (info !== undefined) this.#warn(settingsWarnings(info, container))
    if (namedImages.length === 0) return
    const images = await engine.call<Docker.ImageInfo[]>((options) => engine.docker.listImages(options as never)).catch(() => undefined)
    if (images !== undefined) this.#warn(missingImageWarnings(images, namedImages))
  }

  #warn (warnings: string[]): void {
    for (const warning of warnings) {
      if (!this.#warned.has(warning)) this.parts.warn(warning)
      this.#warned.add(warning)
    }
  }
}

/**
 * Returns one sentence for each setting that the engine rejects or cannot enforce. The sentence begins with the
 * variable.
 */
export function settingsWarnings (info: EngineInfo, container: ContainerConfig): string[] {
  const { NCPU: cores, MemTotal: bytes, Runtimes: runtimes } = info
  const { cpus, memoryBytes, runtime } = container
  return [
    ...cores !== undefined && cpus > cores ? [`DOCKER_CONTAINER_CPUS: ${cpus} is more than the engine's ${cores} CPUs: the engine will refuse every run`] : [],
    ...bytes !== undefined && memoryBytes > bytes ? [`DOCKER_CONTAINER_MEMORY: ${memoryBytes} is more than the ${bytes} bytes of the engine's machine`] : [],
    // Names with a dot or slash are containerd shims, which the engine does not list.
    ...runtime !== undefined && runtime !== AUTO && runtimes !== undefined && !(runtime in runtimes) && !/^io\.containerd\.|\//.test(runtime)
      ? [`DOCKER_CONTAINER_RUNTIME: unknown runtime ${runtime}; the engine has ${Object.keys(runtimes).sort().join(', ')} and will refuse every run`]
      : [],
    ...capabilityWarnings('DOCKER_CONTAINER_CAP_ADD', container.capAdd),
    ...capabilityWarnings('DOCKER_CONTAINER_CAP_DROP', container.capDrop),
    ...tmpfsWarnings('DOCKER_CONTAINER_TMP_DIR_OPTIONS', container.tmpDir?.options),
    ...tmpfsWarnings('DOCKER_CONTAINER_WORK_DIR_OPTIONS', container.workDir?.options),
    ...unsupportedLimits(info, cpus)
  ]
}

/** Returns one sentence for each image or pattern in the settings for which the engine has no image. */
export function missingImageWarnings (images: Array<Pick<Docker.ImageInfo, 'RepoTags' | 'RepoDigests'>>, named: NamedImage[]): string[] {
  const present = images.flatMap(({ RepoTags, RepoDigests }) => [...RepoTags ?? [], ...RepoDigests ?? []])
  return named.flatMap(({ variable, name }) => {
    if (variable === 'POOL_IMAGES') {
      const known = present.some((ref) => taggedName(ref) === taggedName(name))
      return known ? [] : [`POOL_IMAGES: the engine has no image ${name}, so no containers are kept ready for it`]
    }
    return present.some(imageMatcher(name)) ? [] : [`DOCKER_IMAGE_ALLOW: the engine has no image that matches ${name}`]
  })
}

function capabilityWarnings (variable: string, names: string[]): string[] {
  const unknown = names.filter((name) => !CAPABILITIES.has(name.toUpperCase().replace(/^CAP_/, '')))
  return unknown.length === 0 ? [] : [`${variable}: unknown capability ${unknown.join(', ')}: the engine will refuse every run`]
}

function tmpfsWarnings (variable: string, options = ''): string[] {
  const unknown = options.split(',').filter((option) => option !== '' && !TMPFS_FLAGS.has(option) && !TMPFS_VALUES.test(option))
  return unknown.length === 0 ? [] : [`${variable}: unknown tmpfs option ${unknown.join(', ')}: the engine will refuse every run`]
}

/** Limits that the engine reports as unsupported by its kernel. */
function unsupportedLimits ({ MemoryLimit, SwapLimit, PidsLimit, CpuCfsQuota }: EngineInfo, cpus: number): string[] {
  const limits: Array<[boolean | undefined, string]> = [
    [MemoryLimit, 'DOCKER_CONTAINER_MEMORY: the engine\'s kernel does not support memory limits'],
    [SwapLimit, 'DOCKER_CONTAINER_MEMORY: the engine\'s kernel does not support swap limits: programs can use swap on top of it'],
    [PidsLimit, 'DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: the engine\'s kernel does not support process limits'],
    [cpus === 0 || CpuCfsQuota, 'DOCKER_CONTAINER_CPUS: the engine\'s kernel does not support CPU limits: the engine will refuse every run; set it to 0, which means no limit']
  ]
  return limits.filter(([supported]) => supported === false).map(([, warning]) => warning)
}
