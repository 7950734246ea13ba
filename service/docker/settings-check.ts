import type { ContainerConfig } from '../config/config.js'
import type { Engine } from './engine.js'
import type { EventStream } from './event-stream.js'

/** What is looked at of it. @see Docker Engine API v1.41, SystemInfo */
export interface EngineInfo {
  NCPU?: number
  MemTotal?: number
  Runtimes?: Record<string, unknown>
  MemoryLimit?: boolean
  SwapLimit?: boolean
  PidsLimit?: boolean
  CpuCfsQuota?: boolean
}

/** capabilities(7) as of Linux 5.9, which has had no more since. */
const CAPABILITIES = new Set(`AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
  FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
  PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO
  SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL`.split(/\s+/))
/** Those that the engine takes (moby, sys/mount/flags), besides the ones with a value. */
const TMPFS_FLAGS = new Set(`defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime
  bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime nostrictatime`.split(/\s+/))
const TMPFS_VALUES = /^(size|nr_blocks|nr_inodes)=\d+[kmgtpe%]?$|^mode=[0-7]+$|^(uid|gid)=\d+$|^mpol=./i

/** Tells of settings that this engine won't take, or hold, as soon as it answers; each once. */
export class SettingsCheck {
  readonly #told = new Set<string>()

  constructor (private readonly parts: { engine: Engine, container: ContainerConfig, warn: (message: string) => void }) {}

  /** Checks whenever the engine's events begin to come. */
  follow (events: EventStream): void {
    events.onGap(() => { if (events.connected) void this.check() })
  }

  /** Never rejects: an engine that does not answer is asked again when it is back. */
  async check (): Promise<void> {
    const { engine, container, warn } = this.parts
    const info = await engine.call<EngineInfo>((options) => engine.docker.info(options as never)).catch(() => undefined)
    if (info === undefined) return
    for (const warning of settingsWarnings(info, container)) {
      if (!this.#told.has(warning)) warn(warning)
      this.#told.add(warning)
    }
  }
}

/** What an engine won't take or hold of the settings, a sentence each that begins with the variable. */
export function settingsWarnings (info: EngineInfo, container: ContainerConfig): string[] {
  const { NCPU: cores, MemTotal: bytes, Runtimes: runtimes } = info
  const { cpus, memoryBytes, runtime } = container
  return [
    ...cores !== undefined && cpus > cores ? [`DOCKER_CONTAINER_CPUS: the engine has ${cores} CPUs and refuses ${cpus}: no run will start`] : [],
    ...bytes !== undefined && memoryBytes > bytes ? [`DOCKER_CONTAINER_MEMORY: the engine's machine has ${bytes} bytes, fewer than ${memoryBytes}`] : [],
    // Others than these are shims of containerd's that are found by their name when they are called.
    ...runtime !== undefined && runtimes !== undefined && !(runtime in runtimes) && !/^io\.containerd\.|\//.test(runtime)
      ? [`DOCKER_CONTAINER_RUNTIME: the engine has ${Object.keys(runtimes).sort().join(', ')} and not ${runtime}: no run will start`]
      : [],
    ...capabilityWarnings('DOCKER_CONTAINER_CAP_ADD', container.capAdd),
    ...capabilityWarnings('DOCKER_CONTAINER_CAP_DROP', container.capDrop),
    ...tmpfsWarnings('DOCKER_CONTAINER_TMP_DIR_OPTIONS', container.tmpDir?.options),
    ...tmpfsWarnings('DOCKER_CONTAINER_WORK_DIR_OPTIONS', container.workDir?.options),
    ...unheld(info)
  ]
}

function capabilityWarnings (variable: string, names: string[]): string[] {
  const unknown = names.filter((name) => !CAPABILITIES.has(name.toUpperCase().replace(/^CAP_/, '')))
  return unknown.length === 0 ? [] : [`${variable}: no kernel has ${unknown.join(', ')}, and the engine refuses it: no run will start`]
}

function tmpfsWarnings (variable: string, options = ''): string[] {
  const unknown = options.split(',').filter((option) => option !== '' && !TMPFS_FLAGS.has(option) && !TMPFS_VALUES.test(option))
  return unknown.length === 0 ? [] : [`${variable}: a tmpfs has no option ${unknown.join(', ')}: no run will start`]
}

/** Limits that the engine's kernel does not hold, by its own word. */
function unheld ({ MemoryLimit, SwapLimit, PidsLimit, CpuCfsQuota }: EngineInfo): string[] {
  const limits: Array<[boolean | undefined, string]> = [
    [MemoryLimit, 'DOCKER_CONTAINER_MEMORY: the engine\'s kernel holds no memory limit'],
    [SwapLimit, 'DOCKER_CONTAINER_MEMORY: the engine\'s kernel holds no limit of swap, which comes on top'],
    [PidsLimit, 'DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: the engine\'s kernel holds no limit of processes'],
    [CpuCfsQuota, 'DOCKER_CONTAINER_CPUS: the engine\'s kernel holds no CPU limit']
  ]
  return limits.filter(([held]) => held === false).map(([, warning]) => warning)
}
