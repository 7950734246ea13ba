/** Languages whose images the guest gets: those of the attacks. */
export const LANGUAGES = ['bash', 'c', 'cpp', 'javascript', 'python']

/**
 * Engine tests that run in the guest: those whose result depends on the kernel, its cgroups or the driver. The other engine tests are about HTTP,
 * formats of other systems, settings, and response times.
 */
export const ENGINE_TESTS = [
  'outcomes', 'memory', 'cases', 'outputs', 'streaming', 'interactive', 'container-settings', 'lifecycle', 'crash', 'overdue', 'pool', 'payloads',
  'names', 'node-streams', 'flush', 'stop', 'foreign-images'
].map((name) => `test/engine/${name}.test.ts`)
