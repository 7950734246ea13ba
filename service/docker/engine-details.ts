import type Docker from 'dockerode'

import { LABEL_BOOT } from './container-settings.js'
import { messageOf } from './engine-errors.js'
import type { RuntimesInfo } from './engine-runtimes.js'
import type { Engine } from './engine.js'
import type { EngineInfo } from './settings-check.js'

/** What the engine reports about itself. Podman omits some members. @see Docker Engine API v1.41, SystemInfo */
export interface EngineDetails extends EngineInfo {
  OSType?: string
  Architecture?: string
  Driver?: string
  CgroupVersion?: string
  CgroupDriver?: string
  DefaultRuntime?: string
  Runtimes?: NonNullable<RuntimesInfo['Runtimes']> & Record<string, { runtimeArgs?: string[] | null }>
  SecurityOptions?: string[] | null
  /** RFC 3339. */
  SystemTime?: string
}

/** The content of an image. */
export interface ImageDetails {
  createdAtMs: number
  /** As Go names it, for example amd64. */
  architecture: string
}

/** @throws Error if the engine does not respond */
export async function engineDetails (engine: Engine): Promise<EngineDetails> {
  return await engine.call<EngineDetails>((options) => engine.docker.info(options as never))
}

/** @see Docker Engine API v1.41, ImageInspect @throws Error */
export async function imageDetails (engine: Engine, id: string): Promise<ImageDetails> {
  const { Created, Architecture } = await engine.call<Docker.ImageInspectInfo>(() => engine.docker.getImage(id).inspect())
  return { createdAtMs: Date.parse(Created), architecture: Architecture }
}

/** @see Docker Engine API v1.41, ImageList @throws Error */
export async function imageNames (engine: Engine): Promise<Array<Pick<Docker.ImageInfo, 'RepoTags' | 'RepoDigests'>>> {
  return await engine.call<Docker.ImageInfo[]>((options) => engine.docker.listImages(options as never))
}

/** Returns the IDs of the containers that a process of the service has created and that still exist. @throws Error */
export async function containersOf (engine: Engine, boot: string): Promise<string[]> {
  const containers = await engine.call<Docker.ContainerInfo[]>((options) => engine.docker.listContainers({
    ...options, all: true, filters: { label: [`${LABEL_BOOT}=${boot}`] } as never
  }))
  return containers.map(({ Id }) => Id)
}

/** Returns the code of the system error, for example ENOENT, or the message of the engine. */
export function reasonOf (error: unknown): { code: string | undefined, message: string } {
  const cause = (error as { cause?: unknown } | null)?.cause ?? error
  const { code } = cause as NodeJS.ErrnoException
  return { code: typeof code === 'string' ? code : undefined, message: messageOf(cause) }
}
