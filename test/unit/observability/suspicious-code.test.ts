import t from 'tap'

import { suspiciousPatterns } from '../../../service/observability/suspicious-code.js'

t.test('a well-known dangerous pattern is detected by name', async (t) => {
  const cases: Array<[string, string]> = [
    [':(){ :|:& };:', 'fork_bomb'],
    [': ( ) { : | : & } ; :', 'fork_bomb'],
    ['import os\nwhile True: os.fork()', 'fork_bomb'],
    ['import os\nwhile True:\n    os.fork()', 'fork_bomb'],
    ['while (1) { fork(); }', 'fork_bomb'],
    ['os.system("id")', 'shell_out'],
    ['subprocess.run(["id"])', 'shell_out'],
    ['require("child_process")', 'shell_out'],
    ['Runtime.getRuntime().exec("id")', 'shell_out'],
    ['eval(x)', 'dynamic_evaluation'],
    ['new Function("x")', 'dynamic_evaluation'],
    ['socket.socket()', 'network'],
    ['require( \'node:http\' )', 'network'],
    ['cat < /dev/tcp/1.1.1.1/80', 'network'],
    ['/var/run/docker.sock', 'docker_socket'],
    ['open("/proc/1/environ")', 'process_tree'],
    ['cat /etc/shadow', 'system_files'],
    ['rm -rf /', 'destructive'],
    ['rm -fr --no-preserve-root /', 'destructive'],
    ['rm -Rf /*', 'destructive'],
    ['shutil.rmtree("/")', 'destructive'],
    ['unshare -r', 'kernel_interface'],
    ['stratum+tcp://pool', 'mining']
  ]
  for (const [source, name] of cases) t.ok(suspiciousPatterns(['print(1)', source]).includes(name), `${name}: ${source}`)
})

t.test('harmless programs do not match a pattern', async (t) => {
  for (const source of ['', 'print("Hello World!")', 'while True:\n  x = 1', 'for (;;) {}', 'retrieval(x)', 'rm -f x', 'a: () => { b }']) {
    t.same(suspiciousPatterns([source]), [], source)
  }
})

t.test('a program that is designed to match slowly is searched quickly', async (t) => {
  const blanks = ' '.repeat(500_000)
  const hostile = [
    `while${blanks}`, `while 1${blanks}`, `while(1${blanks})${blanks}x`, `:${blanks}(`, `:(${blanks}){${blanks}:${blanks}|`, 'while '.repeat(80_000),
    `rm -${'r'.repeat(500_000)}`, `rm${blanks}-r`, `rm -r${blanks}--no-preserve-root${blanks}`, `eval${blanks}`, `new${blanks}`, `new Function${blanks}`,
    `require(${blanks}`, 'require( '.repeat(50_000), `/proc/${'1'.repeat(500_000)}`, ': '.repeat(250_000), '\n'.repeat(500_000), `mount${blanks}`
  ]
  for (const source of hostile) {
    const startedAt = performance.now()
    suspiciousPatterns([source])
    t.ok(performance.now() - startedAt < 500, `${source.slice(0, 12).trim()}…: ${Math.round(performance.now() - startedAt)} ms`)
  }
})
