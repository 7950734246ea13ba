import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** The bare command of each language, which runs in a container of the language's image. @type {Record<string, string>} */
const COMMANDS = {
  python: 'python3 main.py',
  javascript: 'node main.js',
  typescript: 'tsc --ignoreConfig --lib es2022 --types node --typeRoots /opt/runonce/node_modules/@types --skipLibCheck --module commonjs --target es2022 main.ts && node main.js',
  ruby: 'ruby main.rb',
  java: 'javac Main.java && java Main',
  c: 'gcc -O1 main.c -o a.out -lm && ./a.out',
  cpp: 'g++ -std=gnu++20 -O2 main.cpp -o a.out && ./a.out',
  go: 'GOTMPDIR=$PWD go run main.go',
  bash: 'bash main.sh',
  php: 'php main.php',
  perl: 'perl main.pl'
}
const BARE_BYTES = 2 ** 30
const FILES = /** @type {Record<string, string>} */ ({ java: 'Main.java' })

/** The program of a long-lived container. For each input line, bash runs the bare command and prints the duration in microseconds. */
const LOOP = `
stty -echo -icanon -onlcr min 1; echo ready
IFS= read -r -d $'\\x01' program; printf '%s' "$program" > "$1"
IFS= read -r -d $'\\x01' input; printf '%s' "$input" > /tmp/input
while IFS= read -r _; do
  started=$EPOCHREALTIME
  eval "$2" < /tmp/input > /tmp/out 2>&1 || { head -c 300 /tmp/out; exit 1; }
  ended=$EPOCHREALTIME
  echo $(( \${ended/./} - \${started/./} ))
done`

export class BareInContainer {
  /** @type {AsyncIterator<string>} */
  #lines

  /**
   * @param {import('./engine-floor.js').EngineFloor} engine
   * @param {string} id
   * @param {import('node:stream').Duplex} socket
   */
  constructor (engine, id, socket) {
    this.engine = engine
    this.id = id
    this.socket = socket
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  }

  /**
   * Starts a container. Returns undefined if the language has no bare command.
   * @param {import('./engine-floor.js').EngineFloor} engine
   * @param {{ language: string, settings: any, program: string, input: string, main: string }} subject
   */
  static async start (engine, { language, settings, program, input, main }) {
    const command = COMMANDS[language]
    if (command === undefined) return undefined
    // Uses the container settings of a run, plus a terminal: the output of a terminal is not split into frames.
    const id = await engine.create({
      // The container outlives a run. With labels, the sweep of a running service would remove it.
      ...settings,
      Labels: {},
      // g++ needs more memory than a run has to compile a file that includes all standard headers.
      HostConfig: { ...settings.HostConfig, Memory: BARE_BYTES, MemorySwap: BARE_BYTES },
      Tty: true,
      Entrypoint: ['bash', '-c', LOOP, 'bash', FILES[language] ?? main, command],
      Env: environmentOf(language)
    })
    const socket = await engine.attach(id)
    await engine.start(id)
    const bare = new BareInContainer(engine, id, socket)
    // The terminal echoes input until the program prints this line.
    while ((await bare.#lines.next()).value !== 'ready');
    socket.write(`${program}\x01${input}\x01`)
    return bare
  }

  /** Runs the command once. @returns {Promise<number>} the duration in milliseconds, measured by the clock of the container */
  async run () {
    this.socket.write('\n')
    const { value } = await this.#lines.next()
    if (!/^\d+$/.test(value ?? '')) throw new Error(`the bare command failed: ${value}`)
    return Number(value) / 1000
  }

  async stop () {
    this.socket.destroy()
    await this.engine.remove(this.id).catch(() => {})
  }
}

/** Returns the environment variables of a language's commands. @param {string} language */
function environmentOf (language) {
  const file = new URL(`../../runner-images/languages/${language}/language.json`, import.meta.url)
  const { env = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return Object.entries(env).map(([name, value]) => `${name}=${value}`)
}
