import type Docker from 'dockerode'

import type { ContainerConfig, RunConfig } from '../config/config.js'
import { imageNeedsMore } from '../errors.js'
import { runnerEnvironment } from '../protocol/container-environment.js'
import type { ImageDescription } from '../runs/ports.js'

/** Labels of the service's containers. Those kept by DEBUG_KEEP_CONTAINER have `runonce.kept` only, so that the sweep ignores them. */
export const LABEL_EXPIRES = 'runonce.expires'
/** Milliseconds from creation to expiry. */
export const LABEL_LIFETIME = 'runonce.lifetime'
export const LABEL_OWNER = 'runonce.owner'
export const LABEL_BOOT = 'runonce.boot'
const LABEL_KEPT = 'runonce.kept'

const UNPRIVILEGED_UID = '65534'
/** Time after its run's limit until a container expires and the sweep removes it. */
const EXPIRY_GRACE_MS = 30_000

export interface ContainerIdentity {
  /** The same after a restart: only one service can listen on an address at a time. */
  owner: string
  /** Different after each start of the service. */
  boot: string
}

interface Settings {
  image: ImageDescription
  container: ContainerConfig
  run: RunConfig
  identity: ContainerIdentity
  purpose: Purpose
}

/** What a container is created for. */
export interface Purpose {
  /** Maximum wait for its payload, milliseconds. */
  idleMs: number
  /** Whether to start its warm interpreter. */
  warm: boolean
  /** Whether the runner announces that it is ready. */
  announce: boolean
}

/** One run whose payload follows at once: a warm interpreter would only cost time. */
export const ONE_RUN: Purpose = { idleMs: 0, warm: false, announce: false }

/**
 * The body of the engine's create call, with all settings that confine a program.
 * @throws ServiceError `image.needs_more` where the image's label asks for more than the caps
 * @see Docker Engine API v1.41, ContainerCreate
 */
export function containerSettings ({ image, container, run, identity, purpose }: Settings): Docker.ContainerCreateOptions {
  const memoryBytes = granted(image, {
    resource: 'bytes of memory', normal: container.memoryBytes, needed: image.memoryBytes, cap: container.memoryCapBytes, variable: 'DOCKER_CONTAINER_MEMORY_CAP'
  })
  const processes = granted(image, {
    resource: 'processes', normal: container.processes, needed: image.processes, cap: container.processesCap, variable: 'DOCKER_CONTAINER_NPROC_CAP'
  })
  const lifetimeMs = Math.ceil(purpose.idleMs + run.timeMs + EXPIRY_GRACE_MS)
  return {
    Image: image.id,
    Hostname: container.hostname,
    User: container.user ?? (isRoot(image.user) ? UNPRIVILEGED_UID : image.user),
    Env: image.language === undefined ? [] : runnerEnvironment({ ...run, ...purpose, workDir: container.workDir?.path }),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The engine closes the container's stdin when the service's connection ends: a waiting runner then exits.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: container.networkDisabled,
    Labels: labels(container, identity, lifetimeMs),
    HostConfig: hostConfig(container, memoryBytes, processes)
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
      // With 1 byte the kernel does not pipe core dumps to the host's handler; with 0, the usual default, it does (core(5)).
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
    LogConfig: { Type: 'none', Config: {} },
    ...(container.runtime === undefined ? {} : { Runtime: container.runtime })
  }
}

interface Grant {
  resource: string
  normal: number
  needed: number | undefined
  cap: number
  /** The setting that the cap comes from. */
  variable: string
}

/** The normal amount, or what the image needs where that is more. */
function granted (image: ImageDescription, { resource, normal, needed, cap, variable }: Grant): number {
  if (needed === undefined || needed <= normal) return normal
  if (needed > cap) throw imageNeedsMore(image.ref, resource, needed, cap, variable)
  return needed
}

/** Whether a user is root, with or without a group: '', 0, root, 0:0, root:users. The engine's Atoi accepts a sign. */
function isRoot (user: string): boolean {
  return /^(root|[+-]?0+)?(:|$)/.test(user)
}
