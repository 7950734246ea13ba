import { existsSync, statSync } from 'node:fs'

import { reasonOf } from '../docker/engine-details.js'
import type { EngineVersion } from '../runs/ports.js'
import { failed, info, ok, LOG_ADVICE, type Check } from './check.js'

/** Present in the containers of Docker and Podman. */
const CONTAINER_FILES = ['/.dockerenv', '/run/.containerenv']

/** How `npm run doctor` chose the engine. */
export interface Found {
  /** Where the socket comes from, for example "DOCKER_HOST"; undefined: from the settings. */
  source?: string | undefined
  /** Present if `source` names something that is not a Unix socket. */
  unusable?: string | undefined
  /** Whether the service runs in a container. If undefined, this is detected. */
  inContainer?: boolean
  /** Other engines that respond on this machine. */
  others: Array<{ name: string, socketPath: string }>
}

/** Describes an engine that responds. */
export function reachedCheck (version: EngineVersion, socketPath: string, { source, others }: Found): Check {
  const [component] = version.components
  const product = component === undefined || component.name === 'Engine' ? 'Docker' : component.name
  const detail = `${product} ${version.version} at ${socketPath}${source === undefined ? '' : ` (${source})`}`
  if (others.length === 0) return ok('engine', detail)
  return info('engine', detail, `other engines: ${others.map(describe).join(', ')}; to use one: DOCKER_UNIX_SOCKET_PATH=PATH`)
}

/** Explains why no engine responds and what to do. */
export function unreachableCheck (error: unknown, socketPath: string, { source, others, inContainer = runsInContainer() }: Found): Check {
  const { code, message } = reasonOf(error)
  const [problem, advice] = explain(code, socketPath, inContainer) ?? [`no Docker engine responds at ${socketPath}: ${message}`, LOG_ADVICE]
  const [other] = others
  return failed('engine', source === undefined ? problem : `${problem} (${source})`,
    other === undefined ? advice : `${describe(other)} responds, to use it: DOCKER_UNIX_SOCKET_PATH=${other.socketPath}; or ${advice}`)
}

export function unusableCheck ({ source = '', unusable = '', others: [other] }: Found): Check {
  const instead = other === undefined ? 'DOCKER_UNIX_SOCKET_PATH=/var/run/docker.sock' : `DOCKER_UNIX_SOCKET_PATH=${other.socketPath} (${other.name})`
  return failed('engine', `${source} is "${unusable}": the service supports only a Unix socket`, `unset ${source.split(',')[0]}, or set ${instead}`)
}

function explain (code: string | undefined, socketPath: string, inContainer: boolean): [problem: string, advice: string] | undefined {
  const start = inContainer
    ? `mount the socket: docker run -v /var/run/docker.sock:${socketPath} …`
    : 'start Docker: sudo systemctl start docker (to install it: sudo apt-get install docker.io)'
  switch (code) {
    case 'ENOENT': return [`there is no socket at ${socketPath}`, start]
    case 'ENOTDIR': case 'ENOTSOCK': return [`${socketPath} is not a socket`, 'set DOCKER_UNIX_SOCKET_PATH to the socket of the engine']
    case 'ECONNREFUSED': return [`nothing listens on ${socketPath}`, existsSync(socketPath) && !isSocket(socketPath) ? 'set DOCKER_UNIX_SOCKET_PATH to the socket of the engine' : start]
    case 'EACCES': case 'EPERM': return [`this user has no permission for ${socketPath}`, permissionAdvice(socketPath, inContainer)]
    default: return undefined
  }
}

function permissionAdvice (socketPath: string, inContainer: boolean): string {
  if (inContainer) return `add the group of the socket: docker run --group-add ${groupOf(socketPath) ?? 'GROUP'} …`
  return 'add the user to the group of the socket: sudo usermod -aG docker "$USER", then log in again'
}

function runsInContainer (): boolean {
  return CONTAINER_FILES.some((file) => existsSync(file))
}

function groupOf (path: string): number | undefined {
  try {
    return statSync(path).gid
  } catch {
    return undefined
  }
}

function isSocket (path: string): boolean {
  return statSync(path).isSocket()
}

function describe ({ name, socketPath }: Found['others'][number]): string {
  return `${name} (${socketPath})`
}
