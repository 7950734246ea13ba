const REFRESH_MS = 1000
/** Interval at which a long step prints its line again without a terminal, in milliseconds. */
const ALIVE_MS = 20_000

/**
 * Shows a line for each running image build. Updates lines in place on a terminal, and prints a new line per step on any other output.
 */
export class Progress {
  /** @type {Map<string, {step: string, started: number, said: number}>} */
  #rows = new Map()
  #drawn = 0
  #out
  #now
  /** @type {NodeJS.Timeout | undefined} */
  #timer

  /**
   * @param {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} out
   * @param {() => number} now returns the current time in milliseconds
   */
  constructor (out, now = Date.now) {
    this.#out = out
    this.#now = now
  }

  start () {
    this.#timer ??= setInterval(() => this.tick(), REFRESH_MS)
  }

  /**
   * @param {string} name
   * @param {string} step
   */
  step (name, step) {
    const now = this.#now()
    const row = this.#rows.get(name) ?? { step, started: now, said: now }
    this.#rows.set(name, { ...row, step, said: now })
    if (this.#out.isTTY) this.#draw()
    else this.#out.write(`${this.#line(name)}\n`)
  }

  /**
   * Replaces the line of a build with its outcome. The outcome remains above the lines of running builds.
   * @param {string} name
   * @param {string} text
   */
  done (name, text) {
    const row = this.#rows.get(name)
    const seconds = row === undefined ? 0 : (this.#now() - row.started) / 1000
    this.#rows.delete(name)
    this.print(`${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${text}\n`)
  }

  /** Writes text above the lines of running builds. @param {string} text complete lines */
  print (text) {
    this.#erase()
    this.#out.write(text)
    if (this.#out.isTTY) this.#draw()
  }

  /** Updates the durations: of all lines on a terminal, otherwise of lines that have not changed for a long time. */
  tick () {
    if (this.#out.isTTY) return this.#draw()
    const now = this.#now()
    for (const [name, row] of this.#rows) {
      if (now - row.said < ALIVE_MS) continue
      row.said = now
      this.#out.write(`${this.#line(name)}\n`)
    }
  }

  close () {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
    this.#rows.clear()
  }

  #draw () {
    this.#erase()
    for (const name of this.#rows.keys()) this.#out.write(`${this.#line(name)}\n`)
    this.#drawn = this.#rows.size
  }

  #erase () {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[J`)
    this.#drawn = 0
  }

  /** @param {string} name */
  #line (name) {
    const row = this.#rows.get(name)
    if (row === undefined) return name
    const seconds = Math.floor((this.#now() - row.started) / 1000)
    const line = `${name.padEnd(12)} ${String(seconds).padStart(6)} s  ${row.step.replace(/\s+/g, ' ')}`
    return line.slice(0, (this.#out.columns ?? 120) - 1)
  }
}
