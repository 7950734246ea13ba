import type Docker from 'dockerode'

import type { ContainerConfig, RunConfig } from '../config/config.js'
import { imageNeedsMore } from '../errors.js'
import type { ImageDescription } from '../runs/ports.js'

/** Labels of every container of ours, but for those that DEBUG_KEEP_CONTAINER keeps from the sweep. */
export const LABEL_EXPIRES = 'runonce.expires'
export const LABEL_OWNER = 'runonce.owner'
export const LABEL_BOOT = 'runonce.boot'
const LABEL_KEPT = 'runonce.kept'

const UNPRIVILEGED_UID = '65534'
/** A container outlives its run's limit by this much at most before the sweep takes it. */
const EXPIRY_GRACE_MS = 30_000

export interface ContainerIdentity {
  /** The same for every life of one service: only one can listen on its address at a time. */
  owner: string
  /** One life of the service. */
  boot: string
}

interface Settings {
  image: ImageDescription
  container: ContainerConfig
  run: RunConfig
  identity: ContainerIdentity
  purpose: Purpose
}

/** What a container is made for. */
export interface Purpose {
  /** How long it may wait for its payload, milliseconds. */
  idleMs: number
  /** false: without its warm interpreter. */
  warm: boolean
  /** The runner is to say when it is ready. */
  announce: boolean
}

/** One run, whose payload is on its way: a warm interpreter would only cost time. */
export const ONE_RUN: Purpose = { idleMs: 0, warm: false, announce: false }

/**
 * The body of the engine's create call: everything that holds a program.
 * @throws ServiceError `image.needs_more` where the image's label asks for more than the caps
 * @see Docker Engine API v1.41, ContainerCreate
 */
export function containerSettings ({ image, container, run, identity, purpose }: Settings): Docker.ContainerCreateOptions {
  const memoryBytes = granted(image, 'bytes of memory', container.memoryBytes, image.memoryBytes, container.memoryCapBytes, 'DOCKER_CONTAINER_MEMORY_CAP')
  const processes = granted(image, 'processes', container.processes, image.processes, container.processesCap, 'DOCKER_CONTAINER_NPROC_CAP')
  return {
    Image: image.id,
    Hostname: container.hostname,
    User: container.user ?? (isRoot(image.user) ? UNPRIVILEGED_UID : image.user),
    Env: image.language === undefined ? [] : runnerEnvironment(container, run, purpose),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The engine closes the container's stdin when the service's connection ends: a waiting runner then exits.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: container.networkDisabled,
    Labels: container.keep
      ? { [LABEL_KEPT]: 'true' }
      : {
          [LABEL_EXPIRES]: new Date(Date.now() + purpose.idleMs + run.timeMs + EXPIRY_GRACE_MS).toISOString(),
          [LABEL_OWNER]: identity.owner,
          [LABEL_BOOT]: identity.boot
        },
    HostConfig: {
      AutoRemove: !container.keep,
      ...(container.networkDisabled ? { NetworkMode: 'none' } : {}),
      Memory: memoryBytes,
      MemorySwap: memoryBytes,
      PidsLimit: processes,
      NanoCpus: Math.round(container.cpus * 1e9),
      CpuShares: container.cpuShares,
      Ulimits: [
        { Name: 'nofile', Soft: container.nofileSoft, Hard: container.nofileHard },
        // At 1 byte the kernel calls no handler of core dumps on the host; at 0, an engine's usual default, it does (core(5)).
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
}

function runnerEnvironment (container: ContainerConfig, run: RunConfig, { warm, announce }: Purpose): string[] {
  return [
    `RUNONCE_TIME_LIMIT_MS=${run.timeMs}`,
    `RUNONCE_OUTPUT_LIMIT=${run.outputBytes}`,
    ...(run.buildTimeMs === undefined ? [] : [`RUNONCE_BUILD_LIMIT_MS=${run.buildTimeMs}`]),
    ...(warm ? [] : ['RUNONCE_WARM=0']),
    ...(announce ? ['RUNONCE_ANNOUNCE=1'] : []),
    ...(container.workDir === undefined ? [] : [`RUNONCE_WORK_DIR=${container.workDir.path}`])
  ]
}

function granted (image: ImageDescription, what: string, normal: number, needs: number | undefined, cap: number, variable: string): number {
  if (needs === undefined || needs <= normal) return normal
  if (needs > cap) throw imageNeedsMore(image.ref, what, needs, cap, variable)
  return needs
}

/** User names and ids that are root, with or without a group: '', 0, root, 0:0, root:users; the engine's Atoi takes a sign. */
function isRoot (user: string): boolean {
  return /^(root|[+-]?0+)?(:|$)/.test(user)
}
