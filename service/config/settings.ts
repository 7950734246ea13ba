import { availableParallelism } from 'node:os'

import { setting } from './setting.js'

const PORT = { type: 'integer', min: 0, max: 65_535 } as const
const SECONDS = { type: 'duration', unit: 'seconds', max: 86_400 } as const
const SIZE = { type: 'integer', unit: 'bytes', min: 1, max: 1_073_741_824 } as const
/** Docker Engine rejects containers with less memory or CPU (Docker Engine API v1.41, HostConfig). */
const MEMORY = { type: 'integer', unit: 'bytes', min: 6_291_456 } as const
const CPUS = { type: 'decimalOrZero', unit: 'CPUs', min: 0.01, max: 4096 } as const
const FILES = { type: 'integer', min: 16, max: 1_048_576 } as const
const PROCESSES = { type: 'integer', min: 1, max: 4_194_304 } as const

export const DEFAULT_IMAGE_ALLOW = 'runonce/*,glot/*'

/**
 * Lists every environment variable that the service reads. To add a setting, add a row and run `npm run docs`. Parsing, the Config
 * type, messages, config/default.env and docs/configuration.md are all derived from this table.
 * Rules that involve several settings are in checks.ts.
 */
export const SETTINGS = [
  setting('SERVER_LISTEN_ADDR', { group: 'server', key: 'listen.address', type: 'address', default: '127.0.0.1' },
    'Address on which the service listens. `0.0.0.0` and `::` select all addresses.'),
  setting('SERVER_LISTEN_PORT', { group: 'server', key: 'listen.port', ...PORT, default: 8088 },
    'Port on which the service listens. 0 selects a free port.'),
  setting('SERVER_WORKER_THREADS', {
    group: 'server', key: 'admission.concurrency', type: 'integer', min: 1, max: 10_000, default: 2 * availableParallelism(), defaultText: 'twice the number of CPUs', example: 4
  }, 'Maximum number of concurrent runs.'),
  setting('SERVER_DOCS', { group: 'server', key: 'docs.on', type: 'boolean', default: true },
    'Whether to serve `/docs`, `/playground` and `/openapi.json`.'),
  setting('SERVER_METRICS', { group: 'server', key: 'metrics.on', type: 'boolean', default: true },
    'Whether to serve `/metrics`.'),
  setting('SERVER_DOCS_PORT', { group: 'server', key: 'docs.port', example: 8089, ...PORT, defaultText: 'the service\'s port' },
    'Separate port for `/docs`, `/playground` and `/openapi.json`, on the same address. If it is set, the main port does not serve these routes. The separate port also serves `POST /run` and `GET /api/languages`, which the playground uses.'),
  setting('SERVER_METRICS_PORT', { group: 'server', key: 'metrics.port', example: 8089, ...PORT, defaultText: 'the service\'s port' },
    'Separate port for `/metrics`, on the same address. It can be the same as `SERVER_DOCS_PORT`. If it is set, the main port does not serve this route.'),
  setting('CORS_ORIGIN', { group: 'server', key: 'cors.origins', type: 'originList', default: '', defaultText: 'none', example: 'https://app.example.org' },
    'Origins whose web pages may use the API: see [cross-origin requests](api.md#cross-origin-requests). `*` allows all origins.'),
  setting('COMPAT_APIS', { group: 'server', key: 'compat.apis', type: 'list', default: 'all', emptyMeansNone: true },
    'APIs of other systems that the service provides: see [migrating.md](migrating.md). `GET /` lists the enabled APIs.'),
  setting('COMPAT_RESULTS_TIME', { group: 'server', key: 'compat.resultsTimeMs', ...SECONDS, default: 600 },
    'Time for which clients can get the result of a submission to the API of Judge0.'),
  setting('COMPAT_RESULTS_MAX', { group: 'server', key: 'compat.resultsMax', type: 'integer', unit: 'results', min: 1, max: 1_000_000, default: 10_000 },
    'Maximum number of results that the service keeps in memory. When there are more, the oldest are dropped. It has no effect with `REDIS_URL`.'),
  setting('COMPAT_RESULTS_MEMORY', { group: 'server', key: 'compat.resultsBytes', ...SIZE, default: 67_108_864 },
    'Maximum size of the results in memory, and of the submissions that wait for their run.'),

  setting('API_ACCESS_TOKEN', { group: 'access', key: 'access.token', type: 'token', secret: true, defaultText: 'none; required' },
    'Token that clients must send. It is used verbatim. Unless the service listens on a loopback address, it must have at least 16 characters and must not be a well-known placeholder.'),
  setting('API_ACCESS_TOKENS', { group: 'access', key: 'access.furtherTokens', type: 'tokenList', secret: true, default: '', defaultText: 'none' },
    'Additional tokens, each with a name. Logs and metrics contain the names, but never the tokens.'),

  setting('DOCKER_UNIX_SOCKET_PATH', { group: 'engine', key: 'engine.socketPath', type: 'path', default: '/var/run/docker.sock' },
    'Path of the Unix socket of Docker Engine.'),
  setting('DOCKER_UNIX_SOCKET_READ_TIMEOUT', { group: 'engine', key: 'engine.readTimeoutMs', ...SECONDS, default: 3 },
    'Read timeout of a call to Docker Engine. The time limit of a call is the sum of the read and write timeouts.'),
  setting('DOCKER_UNIX_SOCKET_WRITE_TIMEOUT', { group: 'engine', key: 'engine.writeTimeoutMs', ...SECONDS, default: 3 },
    'Write timeout of a call to Docker Engine.'),
  setting('DOCKER_IMAGE_ALLOW', { group: 'engine', key: 'images.allow', type: 'list', default: DEFAULT_IMAGE_ALLOW },
    'Patterns of the images that clients may use. `*` matches any characters except a slash. A pattern without a tag allows every tag.'),

  setting('DOCKER_CONTAINER_HOSTNAME', { group: 'container', key: 'container.hostname', type: 'hostname', default: 'runonce' },
    'Host name inside the container.'),
  setting('DOCKER_CONTAINER_USER', { group: 'container', key: 'container.user', type: 'text', defaultText: 'the image\'s user', example: 65_534 },
    'User that runs the programs. If it is not set, images that define no user or the user root run as user 65534.'),
  setting('DOCKER_CONTAINER_MEMORY', { group: 'container', key: 'container.memoryBytes', ...MEMORY, default: 268_435_456 },
    'Memory limit of a container. Containers cannot use swap.'),
  setting('DOCKER_CONTAINER_MEMORY_CAP', { group: 'container', key: 'container.memoryCapBytes', ...MEMORY, default: 1_073_741_824 },
    'Maximum memory limit that an image can request with its label and a client with `limits.memory`. If `DOCKER_CONTAINER_MEMORY` is set, its value is the default.'),
  setting('DOCKER_CONTAINER_CPUS', { group: 'container', key: 'container.cpus', ...CPUS, default: 1 },
    'CPU limit of a container. The service removes the limit from a container whose result is 0.3 s overdue. Set 0 if the engine\'s kernel does not support CPU limits (CFS quota).'),
  setting('DOCKER_CONTAINER_CPU_SHARES', { group: 'container', key: 'container.cpuShares', type: 'integer', min: 2, max: 262_144, default: 256 },
    'CPU weight of a container relative to other processes when all CPUs are busy.'),
  setting('DOCKER_CONTAINER_NETWORK_DISABLED', { group: 'container', key: 'container.networkDisabled', type: 'boolean', default: true },
    'Whether the network of containers is disabled.'),
  setting('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', { group: 'container', key: 'container.nofileSoft', ...FILES, unit: 'files', default: 1024 },
    'Soft limit on open files for each process. The default is lowered to the hard limit if that is lower.'),
  setting('DOCKER_CONTAINER_ULIMIT_NOFILE_HARD', { group: 'container', key: 'container.nofileHard', ...FILES, unit: 'files', default: 1024 },
    'Hard limit on open files for each process. The default is raised to the soft limit if that is higher.'),
  setting('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', { group: 'container', key: 'container.nprocSoft', ...PROCESSES, unit: 'processes', default: 128 },
    'Maximum number of processes and threads in a container, enforced by its pids cgroup. If `DOCKER_CONTAINER_ULIMIT_NPROC_HARD` is set, its value is the default.'),
  setting('DOCKER_CONTAINER_ULIMIT_NPROC_HARD', { group: 'container', key: 'container.nprocHard', ...PROCESSES, unit: 'processes', default: 128 },
    'Supported for compatibility with glot\'s env files. It applies only if `DOCKER_CONTAINER_ULIMIT_NPROC_SOFT` is not set.'),
  setting('DOCKER_CONTAINER_NPROC_CAP', { group: 'container', key: 'container.processesCap', ...PROCESSES, unit: 'processes', default: 512 },
    'Maximum number of processes that an image can request with its label and a client with `limits.processes`. The default is the process limit from the `DOCKER_CONTAINER_ULIMIT_NPROC_…` settings, if one of them is set.'),
  setting('DOCKER_CONTAINER_CAP_DROP', { group: 'container', key: 'container.capDrop', type: 'list', default: 'ALL', emptyMeansNone: true },
    'Linux capabilities to drop.'),
  setting('DOCKER_CONTAINER_CAP_ADD', { group: 'container', key: 'container.capAdd', type: 'list', default: '', defaultText: 'none' },
    'Linux capabilities to add.'),
  setting('DOCKER_CONTAINER_READONLY_ROOTFS', { group: 'container', key: 'container.readonlyRootfs', type: 'boolean', default: true },
    'Whether the root file system is read-only.'),
  setting('DOCKER_CONTAINER_TMP_DIR_PATH', { group: 'container', key: 'container.tmpDirPath', type: 'path', default: '/tmp', emptyMeansNone: true },
    'Directory for temporary files, mounted as a tmpfs.'),
  setting('DOCKER_CONTAINER_TMP_DIR_OPTIONS', { group: 'container', key: 'container.tmpDirOptions', type: 'text', default: 'rw,noexec,nosuid,size=65536k' },
    'Mount options of the tmpfs for temporary files. The service adds `mode=1777` unless the options contain mode, uid or gid.'),
  setting('DOCKER_CONTAINER_WORK_DIR_PATH', { group: 'container', key: 'container.workDirPath', type: 'path', default: '/work', emptyMeansNone: true },
    'Directory in which programs are built and run, mounted as a tmpfs.'),
  setting('DOCKER_CONTAINER_WORK_DIR_OPTIONS', { group: 'container', key: 'container.workDirOptions', type: 'text', default: 'rw,exec,nosuid,size=131072k' },
    'Mount options of the tmpfs for the work directory. The service adds `mode=1777` unless the options contain mode, uid or gid.'),
  setting('DOCKER_CONTAINER_RUNTIME', { group: 'container', key: 'container.runtime', type: 'text', defaultText: 'the engine\'s default runtime', example: 'runc' },
    'OCI runtime: `runc`, `crun` or `runsc` (gVisor).'),

  setting('RUN_MAX_EXECUTION_TIME', { group: 'run', key: 'run.timeMs', ...SECONDS, default: 10 },
    'Time limit of a run, including the build. It is wall-clock time and starts when the payload arrives.'),
  setting('RUN_MAX_BUILD_TIME', { group: 'run', key: 'run.buildTimeMs', ...SECONDS, defaultText: 'no separate limit', example: 10 },
    'Time limit of the build step. `RUN_MAX_EXECUTION_TIME` still limits build and run together.'),
  setting('RUN_MAX_CASES', { group: 'run', key: 'run.cases', type: 'integer', unit: 'cases', min: 1, max: 10_000, default: 100 },
    'Maximum number of cases in one request.'),
  setting('RUN_MAX_CASES_TIME', { group: 'run', key: 'run.casesTimeMs', ...SECONDS, default: 60 },
    'Time limit of a run with cases, including the build. `RUN_MAX_EXECUTION_TIME` limits each case.'),
  setting('RUN_MAX_INTERACTIVE_TIME', { group: 'run', key: 'run.interactiveTimeMs', ...SECONDS, default: 300 },
    'Time limit of an interactive run, including the build. It replaces `RUN_MAX_EXECUTION_TIME`.'),
  setting('RUN_MAX_IDLE_TIME', { group: 'run', key: 'run.idleTimeMs', ...SECONDS, default: 60 },
    'Time without input and output after which an interactive run ends.'),
  setting('RUN_MAX_OUTPUT_SIZE', { group: 'run', key: 'run.outputBytes', ...SIZE, default: 1_048_576 },
    'Maximum size of stdout and stderr together, including the output of the build.'),
  setting('RUN_MAX_OUTPUT_FILES', { group: 'run', key: 'run.outputFiles', type: 'integer', unit: 'files', min: 1, max: 10_000, default: 32 },
    'Maximum number of files that a run returns. With cases, it applies to all cases together.'),
  setting('RUN_MAX_OUTPUT_FILES_SIZE', { group: 'run', key: 'run.outputFilesBytes', ...SIZE, default: 8_388_608 },
    'Maximum size of all files that a run returns together. It is independent of `RUN_MAX_OUTPUT_SIZE`.'),
  setting('RUN_MAX_PAYLOAD_SIZE', { group: 'run', key: 'run.payloadBytes', ...SIZE, default: 2_097_152 },
    'Maximum size of a request body.'),
  setting('RUN_MAX_CODE_SIZE', { group: 'run', key: 'run.codeBytes', ...SIZE, default: 50_000 },
    'Maximum size of the member `code` in requests to the code routes, such as `POST /run/:language`.'),
  setting('RUN_LIMITS_RESPONSE', { group: 'run', key: 'run.limitsResponse', type: 'choice', values: ['result', 'error'], default: 'result' },
    'Response for a run that exceeds its time or output limit. `result` returns status 200 and the result with its outcome. `error` returns status 400, as glot does; the member `result` contains the partial result.'),
  setting('RUN_QUEUE_SIZE', { group: 'run', key: 'admission.queueSize', type: 'integer', unit: 'runs', min: 0, max: 1_000_000, default: 100 },
    'Maximum number of waiting runs. Runs of different tokens are started in turn. With several tokens, a single token cannot fill the queue.'),
  setting('RUN_QUEUE_TIMEOUT', { group: 'run', key: 'admission.queueTimeoutMs', ...SECONDS, default: 10 },
    'Maximum time that a run waits in the queue.'),

  setting('RATE_LIMIT_IP_MAX', { group: 'rate', key: 'rateLimit.addressMax', type: 'integerOrOff', unit: 'requests', min: 1, default: 'off' },
    'Maximum number of requests per window from one IPv4 address or one IPv6 network. Requests are counted before the token is checked.'),
  setting('RATE_LIMIT_IPV6_PREFIX', { group: 'rate', key: 'rateLimit.ipv6Prefix', type: 'integer', unit: 'bits', min: 16, max: 128, default: 64 },
    'Prefix length of an IPv6 network that counts as one client. Providers usually assign a /64 or larger network to each customer.'),
  setting('TRUST_PROXY', { group: 'rate', key: 'rateLimit.trustedProxies', type: 'addressList', default: '', defaultText: 'none', example: '10.0.0.0/8' },
    'Trusted proxies, whose `X-Forwarded-For` header specifies the client address. For requests from other addresses, the header is ignored.'),
  setting('RATE_LIMIT_TOKEN_MAX', { group: 'rate', key: 'rateLimit.tokenMax', type: 'integerOrOff', unit: 'requests', min: 1, default: 'off' },
    'Maximum number of requests per window with one token.'),
  setting('RATE_LIMIT_WINDOW', { group: 'rate', key: 'rateLimit.windowMs', ...SECONDS, default: 60 },
    'Length of the rate limit window.'),
  setting('REDIS_URL', { group: 'rate', key: 'rateLimit.redisUrl', type: 'redisUrl', defaultText: 'each service counts separately', example: 'redis://127.0.0.1:6379' },
    'Redis server that several services use to share their rate limits and the results of submissions. While it does not respond, rate limits are disabled, and submissions return 503.'),

  setting('POOL_IMAGES', { group: 'pool', key: 'pool.images', type: 'list', default: 'auto', emptyMeansNone: true },
    'Images for which the pool keeps containers ready from startup. `auto` selects the images on the machine whose label marks them as popular.'),
  setting('POOL_MIN', { group: 'pool', key: 'pool.min', type: 'integer', unit: 'containers', min: 0, max: 1000, default: 1 },
    'Minimum number of ready containers for each image in `POOL_IMAGES`.'),
  setting('POOL_MAX', { group: 'pool', key: 'pool.max', type: 'integer', unit: 'containers', min: 0, max: 1000, default: 16 },
    'Maximum number of ready containers for all images together. 0 disables the pool.'),
  setting('POOL_MEMORY', { group: 'pool', key: 'pool.memoryBytes', type: 'integer', unit: 'bytes', min: 0, default: 536_870_912 },
    'Maximum memory that all ready containers use together.'),
  setting('POOL_IDLE_TTL', { group: 'pool', key: 'pool.idleTtlMs', ...SECONDS, default: 600 },
    'Time without a request after which the pool removes the ready containers of an image.'),
  setting('POOL_MAX_AGE', { group: 'pool', key: 'pool.maxAgeMs', ...SECONDS, default: 3600 },
    'Age at which the pool replaces a ready container.'),

  setting('LOG_LEVEL', { group: 'log', key: 'log.level', type: 'choice', values: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info' },
    'Minimum level of the messages that are logged.'),
  setting('DEBUG_KEEP_CONTAINER', { group: 'log', key: 'container.keep', type: 'boolean', default: false },
    'Whether the service keeps containers after their run for inspection.'),

  setting('DOCKER_CLEANUP_WORKER_THREADS', { group: 'legacy', type: 'integer', min: 1 },
    'A setting of glot docker-run. The engine removes containers automatically, so workers are not needed.'),
  setting('DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT', { group: 'legacy', ...SECONDS },
    'A setting of glot docker-run. The `DOCKER_UNIX_SOCKET_…_TIMEOUT` settings also apply to the removal of containers.')
]
