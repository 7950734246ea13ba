import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STOP_MS = 120_000

/** A quickstart with its own folders for the cache and temporary files, on a free port. */
export class QuickstartProcess {
  /** The output so far, of stdout and stderr. */
  output = ''
  readonly exited: Promise<number | null>
  readonly #child: ChildProcess
  #changed = () => {}

  constructor (cache: string, names: string[]) {
    const { TAP, NODE_OPTIONS, DOCKER_HOST, ...rest } = process.env
    const env = { ...rest, XDG_CACHE_HOME: cache, TMPDIR: path.join(cache, 'tmp'), SERVER_LISTEN_PORT: '0' }
    mkdirSync(env.TMPDIR, { recursive: true })
    this.#child = spawn(process.execPath, ['tools/run.js', 'tools/quickstart/quickstart.js', ...names], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => { this.output += chunk; this.#changed() })
    }
    this.exited = once(this.#child, 'close').then(([code]) => { this.#changed(); return code })
  }

  /** Waits until the output matches. @throws Error with the output if the process exits before that */
  async says (pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output)
      if (found !== null) return found
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`exited without ${pattern}:\n${this.output}`)
      await new Promise<void>((resolve) => { this.#changed = resolve })
    }
  }

  /** Sends Ctrl-C to this process only, which must stop all others. */
  async interrupt (): Promise<number | null> {
    this.#child.kill('SIGINT')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    return await this.exited.finally(() => clearTimeout(timer))
  }
}

/** Returns the command lines of all processes that mention a path. */
export async function processesOf (path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const lines = await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(path))
}
