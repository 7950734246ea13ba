import neostandard, { plugins } from 'neostandard'

/** The rooms of the service, and beside their own files the only ones each may import. They meet in runs/ports.ts. */
const ROOMS = {
  http: ['runs/ports', 'errors', 'config'],
  runs: ['errors'],
  pool: ['runs/ports', 'errors', 'config'],
  docker: ['runs/ports', 'errors', 'config'],
  observability: ['runs/ports']
}
/** Packages with exactly one home. */
const HOMES = { dockerode: 'service/docker', ioredis: 'service/server.ts', 'prom-client': 'service/observability' }

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
  ...Object.entries(ROOMS).map(([room, allowed]) => ({
    files: [`service/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', {
        paths: homelessIn(`service/${room}`),
        patterns: [{
          regex: `^\\.\\./(?!(${allowed.join('|')})\\.js$)`,
          message: `${room} may import its own files, ${allowed.join(', ')} and packages; rooms meet in runs/ports.ts.`
        }]
      }]
    }
  })),
  {
    files: ['service/*.ts', 'service/config/**/*.ts'],
    ignores: ['service/server.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: homelessIn('service') }] }
  },
  {
    files: ['service/**/*.ts'],
    ignores: ['service/server.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only server.ts reads the environment.' }] }
  }
]

/** @param {string} home */
function homelessIn (home) {
  return Object.entries(HOMES).filter(([, path]) => path !== home)
    .map(([name, path]) => ({ name, message: `${name} has its home in ${path}.` }))
}
