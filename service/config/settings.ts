import { availableParallelism } from 'node:os'

import { setting } from './setting.js'

const PORT = { type: 'integer', min: 0, max: 65_535 } as const
const SECONDS = { type: 'duration', unit: 'seconds', max: 86_400 } as const
const SIZE = { type: 'integer', unit: 'bytes', min: 1, max: 1_073_741_824 } as const
/** Docker Engine refuses containers with less memory or CPU (Docker Engine API v1.41, HostConfig). */
const MEMORY = { type: 'integer', unit: 'bytes', min: 6_291_456 } as const
const CPUS = { type: 'decimalOrZero', unit: 'CPUs', min: 0.01, max: 4096 } as const
const FILES = { type: 'integer', min: 16, max: 1_048_576 } as const
const PROCESSES = { type: 'integer', min: 1, max: 4_194_304 } as const

export const DEFAULT_IMAGE_ALLOW = 'runonce/*,glot/*'

/**
 * Every environment variable that the service reads. To add a setting, add a row and run `npm run docs`:
 * parsing, the Config type, messages, config/default.env and docs/configuration.md follow.
 * Rules that involve several settings are in checks.ts.
 */
export const SETTINGS = [
  setting('SERVER_LISTEN_ADDR', { group: 'server', key: 'listen.address', type: 'address', default: '127.0.0.1' },
    'Address to listen on. 0.0.0.0 and :: mean all addresses.'),
  setting('SERVER_LISTEN_PORT', { group: 'server', key: 'listen.port', ...PORT, default: 8088 },
    'Port to listen on. 0 takes a free port.'),
  setting('SERVER_WORKER_THREADS', {
    group: 'server', key: 'admission.concurrency', type: 'integer', min: 1, max: 10_000, default: 2 * availableParallelism(), defaultText: 'twice the number of CPUs', example: 4
  }, 'Number of runs at the same time.'),
  setting('SERVER_DOCS', { group: 'server', key: 'docs.on', type: 'boolean', default: true },
    'Whether to serve `/docs` and `/openapi.json`.'),
  setting('SERVER_METRICS', { group: 'server', key: 'metrics.on', type: 'boolean', default: true },
    'Whether to serve `/metrics`.'),
  setting('SERVER_DOCS_PORT', { group: 'server', key: 'docs.port', example: 8089, ...PORT, defaultText: 'the service\'s port' },
    'Separate port for `/docs` and `/openapi.json`, on the same address. The service\'s port then no longer serves them.'),
  setting('SERVER_METRICS_PORT', { group: 'server', key: 'metrics.port', example: 8089, ...PORT, defaultText: 'the service\'s port' },
    'Separate port for `/metrics`, on the same address; may be the same as `SERVER_DOCS_PORT`. The service\'s port then no longer serves it.'),

  setting('API_ACCESS_TOKEN', { group: 'access', key: 'access.token', type: 'token', secret: true, defaultText: 'none; required' },
    'Token that clients send, used verbatim. Unless the service listens on a loopback address, it must have at least 16 characters and must not be a well-known placeholder.'),
  setting('API_ACCESS_TOKENS', { group: 'access', key: 'access.furtherTokens', type: 'tokenList', secret: true, default: '', defaultText: 'none' },
    'Further tokens, each with a name. Logs and metrics contain the names, never the tokens.'),

  setting('DOCKER_UNIX_SOCKET_PATH', { group: 'engine', key: 'engine.socketPath', type: 'path', default: '/var/run/docker.sock' },
    'Unix socket of Docker Engine.'),
  setting('DOCKER_UNIX_SOCKET_READ_TIMEOUT', { group: 'engine', key: 'engine.readTimeoutMs', ...SECONDS, default: 3 },
    'Read timeout of a call to Docker Engine. A call may take as long as the read and write timeouts together.'),
  setting('DOCKER_UNIX_SOCKET_WRITE_TIMEOUT', { group: 'engine', key: 'engine.writeTimeoutMs', ...SECONDS, default: 3 },
    'Write timeout of a call to Docker Engine.'),
  setting('DOCKER_IMAGE_ALLOW', { group: 'engine', key: 'images.allow', type: 'list', default: DEFAULT_IMAGE_ALLOW },
    'Patterns of the images that clients may use. `*` matches any characters except a slash. A pattern without a tag allows every tag.'),

  setting('DOCKER_CONTAINER_HOSTNAME', { group: 'container', key: 'container.hostname', type: 'hostname', default: 'runonce' },
    'Host name inside the container.'),
  setting('DOCKER_CONTAINER_USER', { group: 'container', key: 'container.user', type: 'text', defaultText: 'the image\'s user', example: 65_534 },
    'User that programs run as. If it is not set, an image that names no user, or root, runs as 65534.'),
  setting('DOCKER_CONTAINER_MEMORY', { group: 'container', key: 'container.memoryBytes', ...MEMORY, default: 268_435_456 },
    'Memory limit. The container gets no swap on top of it.'),
  setting('DOCKER_CONTAINER_MEMORY_CAP', { group: 'container', key: 'container.memoryCapBytes', ...MEMORY, default: 1_073_741_824 },
    'Largest memory limit that an image\'s label may ask for. The default is `DOCKER_CONTAINER_MEMORY` where that is set.'),
  setting('DOCKER_CONTAINER_CPUS', { group: 'container', key: 'container.cpus', ...CPUS, default: 1 },
    'CPU limit. The service lifts it for a container whose result is 0.3 s overdue. An engine whose kernel has no CPU limits (CFS quota) needs 0.'),
  setting('DOCKER_CONTAINER_CPU_SHARES', { group: 'container', key: 'container.cpuShares', type: 'integer', min: 2, max: 262_144, default: 256 },
    'Relative weight of a container when CPU time is short.'),
  setting('DOCKER_CONTAINER_NETWORK_DISABLED', { group: 'container', key: 'container.networkDisabled', type: 'boolean', default: true },
    'Whether containers have no network.'),
  setting('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', { group: 'container', key: 'container.nofileSoft', ...FILES, unit: 'files', default: 1024 },
    'Soft limit of open files for each process. The default is never above the hard limit.'),
  setting('DOCKER_CONTAINER_ULIMIT_NOFILE_HARD', { group: 'container', key: 'container.nofileHard', ...FILES, unit: 'files', default: 1024 },
    'Hard limit of open files for each process. The default is never below the soft limit.'),
  setting('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', { group: 'container', key: 'container.nprocSoft', ...PROCESSES, unit: 'processes', default: 128 },
    'Number of processes and threads in the container, enforced by its pids cgroup. The default is `DOCKER_CONTAINER_ULIMIT_NPROC_HARD` where that is set.'),
  setting('DOCKER_CONTAINER_ULIMIT_NPROC_HARD', { group: 'container', key: 'container.nprocHard', ...PROCESSES, unit: 'processes', default: 128 },
    'Accepted for glot\'s env files. It applies only where `DOCKER_CONTAINER_ULIMIT_NPROC_SOFT` is not set.'),
  setting('DOCKER_CONTAINER_NPROC_CAP', { group: 'container', key: 'container.processesCap', ...PROCESSES, unit: 'processes', default: 512 },
    'Largest number of processes that an image\'s label may ask for. The default is the limit of processes where that is set.'),
  setting('DOCKER_CONTAINER_CAP_DROP', { group: 'container', key: 'container.capDrop', type: 'list', default: 'ALL', emptyMeansNone: true },
    'Linux capabilities to drop.'),
  setting('DOCKER_CONTAINER_CAP_ADD', { group: 'container', key: 'container.capAdd', type: 'list', default: '', defaultText: 'none' },
    'Linux capabilities to add.'),
  setting('DOCKER_CONTAINER_READONLY_ROOTFS', { group: 'container', key: 'container.readonlyRootfs', type: 'boolean', default: true },
    'Whether the root file system is read-only.'),
  setting('DOCKER_CONTAINER_TMP_DIR_PATH', { group: 'container', key: 'container.tmpDirPath', type: 'path', default: '/tmp', emptyMeansNone: true },
    'Folder for temporary files, mounted as a tmpfs.'),
  setting('DOCKER_CONTAINER_TMP_DIR_OPTIONS', { group: 'container', key: 'container.tmpDirOptions', type: 'text', default: 'rw,noexec,nosuid,size=65536k' },
    'Mount options of that tmpfs. The service adds `mode=1777` unless they name mode, uid or gid.'),
  setting('DOCKER_CONTAINER_WORK_DIR_PATH', { group: 'container', key: 'container.workDirPath', type: 'path', default: '/work', emptyMeansNone: true },
    'Folder in which programs are built and run, mounted as a tmpfs.'),
  setting('DOCKER_CONTAINER_WORK_DIR_OPTIONS', { group: 'container', key: 'container.workDirOptions', type: 'text', default: 'rw,exec,nosuid,size=131072k' },
    'Mount options of that tmpfs. The service adds `mode=1777` unless they name mode, uid or gid.'),
  setting('DOCKER_CONTAINER_RUNTIME', { group: 'container', key: 'container.runtime', type: 'text', defaultText: 'the engine\'s default runtime', example: 'runc' },
    'OCI runtime: `runc`, `crun` or `runsc` (gVisor).'),

  setting('RUN_MAX_EXECUTION_TIME', { group: 'run', key: 'run.timeMs', ...SECONDS, default: 10 },
    'Time limit of a run: wall-clock time from the payload to the end, build included.'),
  setting('RUN_MAX_BUILD_TIME', { group: 'run', key: 'run.buildTimeMs', ...SECONDS, defaultText: 'no separate limit', example: 10 },
    'Time limit of the build. The execution time still covers build and run together.'),
  setting('RUN_MAX_OUTPUT_SIZE', { group: 'run', key: 'run.outputBytes', ...SIZE, default: 1_048_576 },
    'Limit of stdout and stderr together, those of the build included.'),
  setting('RUN_MAX_PAYLOAD_SIZE', { group: 'run', key: 'run.payloadBytes', ...SIZE, default: 2_097_152 },
    'Limit of a request body.'),
  setting('RUN_MAX_CODE_SIZE', { group: 'run', key: 'run.codeBytes', ...SIZE, default: 50_000 },
    'Limit of the member `code` on the code routes, such as `POST /run/:language`.'),
  setting('RUN_LIMITS_RESPONSE', { group: 'run', key: 'run.limitsResponse', type: 'choice', values: ['result', 'error'], default: 'result' },
    'Response to a run that exceeds its time or output limit. `result` means status 200 and the outcome. `error` means status 400, as from glot; its member `result` is the partial result.'),
  setting('RUN_QUEUE_SIZE', { group: 'run', key: 'admission.queueSize', type: 'integer', unit: 'runs', min: 0, max: 1_000_000, default: 100 },
    'Number of runs that may wait. Tokens take turns, and with several tokens none can fill the queue alone.'),
  setting('RUN_QUEUE_TIMEOUT', { group: 'run', key: 'admission.queueTimeoutMs', ...SECONDS, default: 10 },
    'How long a run may wait.'),

  setting('RATE_LIMIT_IP_MAX', { group: 'rate', key: 'rateLimit.addressMax', type: 'integerOrOff', unit: 'requests', min: 1, default: 'off' },
    'Requests per window from one client address, or from one IPv6 network. They are counted before the token is checked.'),
  setting('RATE_LIMIT_IPV6_PREFIX', { group: 'rate', key: 'rateLimit.ipv6Prefix', type: 'integer', unit: 'bits', min: 16, max: 128, default: 64 },
    'Length of the prefix by which IPv6 addresses are one client: a provider gives each customer a whole network, usually a /64 or larger.'),
  setting('TRUST_PROXY', { group: 'rate', key: 'rateLimit.trustedProxies', type: 'addressList', default: '', defaultText: 'none', example: '10.0.0.0/8' },
    'Proxies whose `X-Forwarded-For` header names the client. A request from any other address counts for that address, whatever the header says.'),
  setting('RATE_LIMIT_TOKEN_MAX', { group: 'rate', key: 'rateLimit.tokenMax', type: 'integerOrOff', unit: 'requests', min: 1, default: 'off' },
    'Requests per window with one token.'),
  setting('RATE_LIMIT_WINDOW', { group: 'rate', key: 'rateLimit.windowMs', ...SECONDS, default: 60 },
    'Length of the window.'),
  setting('REDIS_URL', { group: 'rate', key: 'rateLimit.redisUrl', type: 'redisUrl', defaultText: 'each service counts alone', example: 'redis://127.0.0.1:6379' },
    'Redis server through which several services share their rate limits. While it does not respond, rate limits are off.'),

  setting('POOL_IMAGES', { group: 'pool', key: 'pool.images', type: 'list', default: 'auto', emptyMeansNone: true },
    'Images for which containers are kept ready from the start. `auto` means the images on the machine whose label marks them as popular.'),
  setting('POOL_MIN', { group: 'pool', key: 'pool.min', type: 'integer', unit: 'containers', min: 0, max: 1000, default: 1 },
    'Smallest number of ready containers for each image of `POOL_IMAGES`.'),
  setting('POOL_MAX', { group: 'pool', key: 'pool.max', type: 'integer', unit: 'containers', min: 0, max: 1000, default: 16 },
    'Largest number of ready containers for all images together. 0 switches the pool off.'),
  setting('POOL_MEMORY', { group: 'pool', key: 'pool.memoryBytes', type: 'integer', unit: 'bytes', min: 0, default: 536_870_912 },
    'Memory that ready containers may use together.'),
  setting('POOL_IDLE_TTL', { group: 'pool', key: 'pool.idleTtlMs', ...SECONDS, default: 600 },
    'Time without a request after which an image has no ready containers any more.'),
  setting('POOL_MAX_AGE', { group: 'pool', key: 'pool.maxAgeMs', ...SECONDS, default: 3600 },
    'Age at which a ready container is replaced.'),

  setting('LOG_LEVEL', { group: 'log', key: 'log.level', type: 'choice', values: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info' },
    'Least severe level of the messages that are logged.'),
  setting('DEBUG_KEEP_CONTAINER', { group: 'log', key: 'container.keep', type: 'boolean', default: false },
    'Whether containers stay after their run, for inspection.'),

  setting('DOCKER_CLEANUP_WORKER_THREADS', { group: 'legacy', type: 'integer', min: 1 },
    'A setting of glot docker-run. Containers remove themselves, so no workers are needed.'),
  setting('DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT', { group: 'legacy', ...SECONDS },
    'A setting of glot docker-run. The `DOCKER_UNIX_SOCKET_…_TIMEOUT` settings apply to removal, too.')
]
