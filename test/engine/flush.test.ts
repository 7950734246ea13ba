import t from 'tap'

import { needImages, startService } from './kit.js'

/** Programs that print `before`, which remains in a buffer, and never exit: some wait, some compute. */
const PROGRAMS: Array<[language: string, what: string, code: string]> = [
  ['python', 'waits', 'import time\nprint("before")\ntime.sleep(60)'],
  ['python', 'computes', 'print("before")\nwhile True: pass'],
  ['python', 'waits for a thread', 'import threading\nprint("before")\nt = threading.Thread(target=threading.Event().wait)\nt.start()\nt.join()'],
  ['ruby', 'waits', 'puts "before"\nsleep'],
  ['ruby', 'computes', 'puts "before"\nloop {}'],
  ['perl', 'waits', 'print "before\\n"; sleep 60;'],
  ['perl', 'computes', 'print "before\\n"; 1 while 1;'],
  ['c', 'waits', '#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("before"); sleep(60); }'],
  ['c', 'computes', '#include <stdio.h>\nint main(void) { puts("before"); for (volatile int i = 0;; i++) {} }'],
  ['cpp', 'computes', '#include <iostream>\nint main() { std::cout << "before\\n"; for (volatile int i = 0;; i = i + 1) {} }'],
  ['cpp', 'computes without sync_with_stdio', '#include <iostream>\nint main() { std::ios::sync_with_stdio(false); std::cout << "before\\n"; for (volatile int i = 0;; i = i + 1) {} }']
]
/** Time limits in seconds. Compiled programs have time for a build. */
const LIMIT_S = 2
const LIMIT_WITH_BUILD_S = 8
const COMPILED = ['c', 'cpp']

void t.test('output that a program has not flushed is kept at the time limit', { jobs: 2 }, async (t) => {
  const languages = [...new Set(PROGRAMS.map(([language]) => language))]
  await needImages(...languages)
  const interpreters = languages.filter((name) => !COMPILED.includes(name))
  const pool = { POOL_IMAGES: interpreters.map((name) => `runonce/${name}:latest`).join(','), POOL_MIN: '1', POOL_MAX: String(interpreters.length), POOL_MEMORY: '2000000000' }
  const services = { warm: await startService(t, { env: pool }), plain: await startService(t, { env: { POOL_MAX: '0' } }) }

  for (const [kind, service] of Object.entries(services)) {
    void t.test(kind, async (t) => {
      t.setTimeout(120_000)
      for (const [language, what, code] of PROGRAMS) {
        const time = COMPILED.includes(language) ? LIMIT_WITH_BUILD_S : LIMIT_S
        await t.test(`${language}: a program that ${what}`, async (t) => {
          const { stdout, stderr, outcome, signal, exitCode } = await service.run(language, code, { limits: { time } })
          t.strictSame([stdout, stderr, outcome, signal, exitCode], ['before\n', '', 'timeout', 'SIGKILL', null])
        })
      }
    })
  }
})
