import neostandard, { plugins } from 'neostandard'

/**
 * The modules of the service, and the other modules that each may import. They share the interfaces in the files
 * runs/*ports.ts, and the wire format in protocol/.
 */
const MODULES = {
  protocol: ['errors'],
  http: ['protocol/[\\w-]+', 'runs/(status-|job-|token-)?ports', 'errors', 'turn-queue', 'config/config'],
  runs: ['protocol/[\\w-]+', 'errors', 'turn-queue'],
  pool: ['runs/(status-|job-|token-)?ports', 'errors', 'config/config'],
  docker: ['protocol/[\\w-]+', 'runs/(status-|job-|token-)?ports', 'errors', 'config/config'],
  jobs: ['protocol/[\\w-]+', 'runs/(status-|job-|token-)?ports', 'errors', 'redis-log', 'config/config'],
  tokens: ['protocol/[\\w-]+', 'runs/(status-|job-|token-)?ports', 'errors', 'config/config'],
  observability: ['protocol/[\\w-]+', 'runs/(status-|job-|token-)?ports'],
  // dist/doctor.js runs the service's own modules. No other module imports it.
  doctor: ['protocol/[\\w-]+', 'runs/[\\w-]+', 'docker/[\\w-]+', 'pool/[\\w-]+', 'config/[\\w-]+', 'engine-modules'],
  // The code of a web page. It imports types only.
  playground: ['protocol/[\\w-]+']
}
/** The layers of the tools, and the lower layers that each layer may import. */
const TOOL_LAYERS = {
  lib: [],
  engine: ['lib'],
  images: ['lib', 'engine'],
  quickstart: ['lib', 'engine', 'images'],
  testing: ['lib', 'engine', 'images'],
  bench: ['lib', 'engine', 'images'],
  docs: ['lib', 'engine', 'images'],
  doctor: ['lib', 'engine', 'images']
}
const OPENTELEMETRY = ['@fastify/otel', '@opentelemetry/api', '@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/resources', '@opentelemetry/sdk-trace-node']
/** Packages that only these folders or files may import. */
const HOMES = {
  dockerode: ['service/docker'],
  bullmq: ['service/jobs'],
  standardwebhooks: ['service/jobs'],
  'ipaddr.js': ['service/jobs'],
  ioredis: ['service/rate-limit-store.ts', 'service/jobs'],
  'prom-client': ['service/observability'],
  ...Object.fromEntries(OPENTELEMETRY.map((name) => [name, ['service/observability']]))
}

export default [
  ...neostandard({
    ts: true,
    ignores: ['dist/', '.tap/', 'node_modules/', 'runner-images/languages/', 'runner-images/shared/', 'runner-images/runner/', 'test/attack/programs/', 'tools/bench/programs/']
  }),
  {
    files: ['**/*.ts', '**/*.js'],
    plugins: { '@typescript-eslint': plugins['typescript-eslint'].plugin },
    rules: {
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      'no-void': ['error', { allowAsStatement: true }]
    }
  },
  ...Object.entries(MODULES).flatMap(([module, allowed]) => [
    moduleBorder(module, [`service/${module}/*.ts`], '\\.\\./', allowed),
    moduleBorder(module, [`service/${module}/*/*.ts`], '\\.\\./\\.\\./', allowed),
    moduleBorder(module, [`service/${module}/*/*/*.ts`], '\\.\\./\\.\\./\\.\\./', allowed)
  ]),
  ...Object.entries(TOOL_LAYERS).map(([layer, lower]) => {
    // A file can be one folder deeper than its layer: testing/runtimes.
    const regex = `^(\\.\\./)+(?=[a-z-]+/)(?!(${[...lower, layer].join('|')})/)`
    const message = `tools/${layer} may import its own files${lower.map((each) => `, tools/${each}`).join('')} and packages.`
    return {
      files: [`tools/${layer}/**/*.js`],
      rules: {
        'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
        'no-restricted-syntax': ['error', { selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\/')}/]`, message }]
      }
    }
  }),
  {
    files: ['service/*.ts', 'service/config/**/*.ts'],
    ignores: ['service/server.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: homelessIn('service') }] }
  },
  {
    files: ['service/**/*.ts'],
    // docker-client.ts hides a variable from dockerode.
    ignores: ['service/server.ts', 'service/doctor.ts', 'service/healthcheck.ts', 'service/docker/docker-client.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only server.ts, doctor.ts and healthcheck.ts read the environment.' }] }
  }
]

/** @param {string} home */
function homelessIn (home) {
  return Object.entries(HOMES).filter(([, paths]) => !paths.includes(home))
    .map(([name, paths]) => ({ name, message: `Only ${paths.join(' and ')} may import ${name}.` }))
}

/**
 * Returns the rule that restricts the imports of a module's files.
 * @param {string} module
 * @param {string[]} files of one depth
 * @param {string} outside a pattern: how an import of these files leaves the module
 * @param {string[]} allowed
 */
function moduleBorder (module, files, outside, allowed) {
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', {
        paths: homelessIn(`service/${module}`),
        patterns: [{
          regex: `^${outside}(?!(${allowed.join('|')})\\.js$)`,
          message: `${module} may import its own files, ${allowed.join(', ')} and packages. The interfaces between modules are in the files runs/*ports.ts.`
        }]
      }]
    }
  }
}
