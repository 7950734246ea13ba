import t from 'tap'

import { dockerRun, needImages, type DockerRunOptions } from './kit.js'

const IMAGES = ['python', 'c', 'javascript', 'bash']
/** Highest output size in bytes that glot's docker-run accepts from a container. */
const RUN_MAX_OUTPUT_SIZE = 100_000

/** The container settings that glot's docker-run sends with its example environment. */
const base = {
  Hostname: 'glot',
  User: 'glot',
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  Tty: false,
  OpenStdin: true,
  StdinOnce: true,
  NetworkDisabled: true
}
const host = {
  Memory: 500_000_000,
  Privileged: false,
  CapAdd: [],
  CapDrop: ['MKNOD', 'NET_RAW', 'NET_BIND_SERVICE'],
  Ulimits: [{ Name: 'nofile', Soft: 90, Hard: 100 }, { Name: 'nproc', Soft: 90, Hard: 100 }]
}
const settings: Record<string, DockerRunOptions['settings']> = {
  'a read-only root and tmpfs on /tmp and /home/glot': {
    ...base,
    HostConfig: {
      ...host,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,size=65536k', '/home/glot': 'rw,exec,nosuid,size=131072k' }
    }
  },
  'a writable root and no tmpfs': { ...base, HostConfig: { ...host, ReadonlyRootfs: false } }
}

const programs: Record<string, { name: string, content: string }> = {
  python: { name: 'main.py', content: 'import os\nopen("written", "w").write("hello")\nprint(open("written").read(), os.getuid() > 0)' },
  c: { name: 'main.c', content: '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("hello %s\\n", getuid() > 0 ? "True" : "False"); return 0; }' },
  javascript: { name: 'main.js', content: 'require("fs").writeFileSync("written", "hello"); console.log("hello", process.getuid() > 0 ? "True" : "False")' },
  bash: { name: 'main.sh', content: 'echo hello > written; echo "$(cat written) $([ $UID -gt 0 ] && echo True)"' }
}

void t.test('with the container settings of glot\'s docker-run', async (t) => {
  t.setTimeout(120_000)
  await needImages(...IMAGES)
  for (const [title, create] of Object.entries(settings)) {
    for (const language of IMAGES) {
      for (const halfClose of [false, true]) {
        await t.test(`${language} returns a result with ${title}, stdin ${halfClose ? 'closed' : 'open'}`, async (t) => {
          const payload = { language, files: [programs[language]], stdin: '', command: '' }
          const { result, stderr, exitCode } = await dockerRun(`runonce/${language}:latest`, payload, { settings: create!, halfClose, attachAfterStart: true })
          t.match(result, { stdout: 'hello True\n', stderr: '', error: '' })
          t.ok(Number.isInteger(result.duration))
          t.equal(stderr.toString(), '', 'glot treats any output on stderr as a failure')
          t.equal(exitCode, 0)
        })
      }
    }
  }

  const create = Object.values(settings)[0]!
  const run = async (content: string) => await dockerRun('runonce/python:latest', { files: [{ name: 'main.py', content }] }, { settings: create, halfClose: false, attachAfterStart: true })

  for (const [title, content] of Object.entries({
    'plain text': 'while True: print("0123456789")',
    'control characters, six bytes each in JSON': 'import sys\nwhile True: sys.stdout.write("\\x01" * 4096)',
    'bytes that are not UTF-8': 'import sys\nwhile True: sys.stdout.buffer.write(b"\\xff" * 4096)',
    'output on both streams': 'import sys\nwhile True: sys.stdout.write("\\x02" * 100); sys.stderr.write("\\x03" * 100)'
  })) {
    await t.test(`the result of endless ${title} has at most ${RUN_MAX_OUTPUT_SIZE} bytes`, async (t) => {
      const { stdout, stderr, result } = await run(content)
      t.ok(stdout.length <= RUN_MAX_OUTPUT_SIZE, `${stdout.length} bytes`)
      t.equal(stderr.length, 0)
      t.equal(result.outcome, 'output_limit')
      t.ok(result.stdout.length > 0, 'the start of the output is kept')
    })
  }

  await t.test('a program that fails or never ends produces a result and nothing on stderr', async (t) => {
    const failed = await run('raise SystemExit(2)')
    t.match(failed.result, { error: 'Exit code: 2' })
    t.equal(failed.stderr.length, 0)
    const endless = await run('print("kept", flush=True)\nwhile True: pass')
    t.match(endless.result, { stdout: 'kept\n', outcome: 'timeout', error: /./ })
    t.equal(endless.stderr.length, 0)
  })
})
