import type Docker from 'dockerode'

import type { ContainerConfig, RunConfig } from '../config/config.js'
import { imageNeedsMore } from '../errors.js'
import { runnerEnvironment } from '../protocol/container-environment.js'
import { supportsVersion2 } from '../protocol/image-labels.js'
import { longestRunMs } from '../protocol/limits.js'
import type { ContainerLimits, ImageDescription } from '../runs/ports.js'

/**
 * Labels of the service's containers. Containers that DEBUG_KEEP_CONTAINER keeps have only `runonce.kept`, so that
 * the sweep ignores them.
 */
export const LABEL_EXPIRES = 'runonce.expires'
/** Milliseconds from creation to expiry. */
export const LABEL_LIFETIME = 'runonce.lifetime'
export const LABEL_OWNER = 'runonce.owner'
export const LABEL_BOOT = 'runonce.boot'
const LABEL_KEPT = 'runonce.kept'

/** Annotation of containerd's shim. @see containerd, runtime/v2/README.md, "Container groups"; Docker Engine API v1.43, HostConfig.Annotations */
const SHIM_GROUP = 'io.containerd.runc.v2.group'
const UNPRIVILEGED_UID = '65534'
/** Time after the time limit of the run until a container expires and the sweep removes it. */
const EXPIRY_GRACE_MS = 30_000

export interface ContainerIdentity {
  /**
   * Identifies the service. It is the same after a restart, because only one service can listen on an address at a
   * time.
   */
  owner: string
  /** Identifies the service process. It is different after each start of the service. */
  boot: string
}

interface Settings {
  image: ImageDescription
  container: ContainerConfig
  run: RunConfig
  identity: ContainerIdentity
  purpose: Purpose
  /** The limits of the run, instead of the image's. */
  limits?: ContainerLimits | undefined
  /** undefined: the engine's default */
  runtime?: string | undefined
  /** The containers with the same value share a process of containerd's shim. */
  shimGroup?: string | undefined
}

/** The intended use of a container. */
export interface Purpose {
  /** Maximum time that the container waits for its payload, in milliseconds. */
  idleMs: number
  /** Whether the runner starts the warm interpreter. */
  warm: boolean
  /** Whether the runner reports that it is ready. */
  announce: boolean
}

/** One run whose payload follows immediately. Starting the warm interpreter would only delay it. */
export const ONE_RUN: Purpose = { idleMs: 0, warm: false, announce: false }

/**
 * Returns the body of the create request, with all settings that confine a program.
 * @throws ServiceError `image.needs_more` if the image's label requests more than the caps
 * @see Docker Engine API v1.41, ContainerCreate
 */
export function containerSettings ({ image, container, run, identity, purpose, limits = {}, runtime, shimGroup }: Settings): Docker.ContainerCreateOptions {
  const memoryBytes = granted(image, {
    resource: 'bytes of memory', normal: container.memoryBytes, needed: image.memoryBytes, cap: container.memoryCapBytes, variable: 'DOCKER_CONTAINER_MEMORY_CAP'
  })
  const processes = granted(image, {
    resource: 'processes', normal: container.processes, needed: image.processes, cap: container.processesCap, variable: 'DOCKER_CONTAINER_NPROC_CAP'
  })
  // From version 2, each payload contains the limits of its run, and the container gets the largest limits that any run may have.
  const extended = supportsVersion2(image.language?.protocol) ? run : undefined
  const timeMs = extended === undefined ? run.timeMs : longestRunMs(extended, { interactive: true })
  const lifetimeMs = Math.ceil(purpose.idleMs + timeMs + EXPIRY_GRACE_MS)
  return {
    Image: image.id,
    Hostname: container.hostname,
    User: container.user ?? (isRoot(image.user) ? UNPRIVILEGED_UID : image.user),
    Env: image.language === undefined ? [] : runnerEnvironment({ ...run, ...purpose, timeMs, extended, workDir: container.workDir?.path }),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // When the connection of the service ends, the engine closes the container's stdin, and a waiting runner exits.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: container.networkDisabled,
    Labels: labels(container, identity, lifetimeMs),
    HostConfig: {
      ...hostConfig(container, limits.memoryBytes ?? memoryBytes, limits.processes ?? processes),
      ...(runtime === undefined ? {} : { Runtime: runtime }),
      ...(shimGroup === undefined ? {} : { Annotations: { [SHIM_GROUP]: shimGroup } })
    }
  }
}

function labels ({ keep }: ContainerConfig, { owner, boot }: ContainerIdentity, lifetimeMs: number): Record<string, string> {
  if (keep) return { [LABEL_KEPT]: 'true' }
  return {
    [LABEL_EXPIRES]: new Date(Date.now() + lifetimeMs).toISOString(),
    [LABEL_LIFETIME]: String(lifetimeMs),
    [LABEL_OWNER]: owner,
    [LABEL_BOOT]: boot
  }
}

function hostConfig (container: ContainerConfig, memoryBytes: number, processes: number): Docker.HostConfig {
  return {
    AutoRemove: !container.keep,
    ...(container.networkDisabled ? { NetworkMode: 'none' } : {}),
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    PidsLimit: processes,
    ...(container.cpus === 0 ? {} : { NanoCpus: Math.round(container.cpus * 1e9) }),
    CpuShares: container.cpuShares,
    Ulimits: [
      { Name: 'nofile', Soft: container.nofileSoft, Hard: container.nofileHard },
      // With a limit of 1 byte, the kernel does not pipe core dumps to the handler of the host. With 0, the usual
      // default, it does (core(5)).
      { Name: 'core', Soft: 1, Hard: 1 }
    ],
    CapDrop: container.capDrop,
    CapAdd: container.capAdd,
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: container.readonlyRootfs,
    Tmpfs: Object.fromEntries([container.tmpDir, container.workDir].filter((tmpfs) => tmpfs !== undefined)
      .map(({ path, options }) => [path, options])),
    ShmSize: container.shmBytes,
    IpcMode: 'private',
    LogConfig: { Type: 'none', Config: {} }
  }
}

interface Grant {
  resource: string
  normal: number
  needed: number | undefined
  cap: number
  /** The setting that defines the cap. */
  variable: string
}

/** Returns the default amount, or the amount that the image needs if it is larger. */
function granted (image: ImageDescription, { resource, normal, needed, cap, variable }: Grant): number {
  if (needed === undefined || needed <= normal) return normal
  if (needed > cap) throw imageNeedsMore(image.ref, resource, needed, cap, variable)
  return needed
}

/**
 * Whether the user is root, with or without a group: '', 0, root, 0:0, root:users. The engine parses the number with
 * Atoi, which accepts a sign.
 */
function isRoot (user: string): boolean {
  return /^(root|[+-]?0+)?(:|$)/.test(user)
}
