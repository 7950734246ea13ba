export interface Waiting {
  admit: () => void
  refuse: (reason: unknown) => void
}

/** Waiting runs. Runs of one token leave in order of arrival, and tokens take turns. */
export class TurnQueue {
  /** Waiting runs by token; the next run is from the first token. A token without waiting runs has no entry. */
  readonly #queues = new Map<string, Waiting[]>()
  #size = 0

  get size (): number { return this.#size }

  countOf (tokenName: string): number {
    return this.#queues.get(tokenName)?.length ?? 0
  }

  push (tokenName: string, waiting: Waiting): void {
    const queue = this.#queues.get(tokenName)
    if (queue === undefined) this.#queues.set(tokenName, [waiting])
    else queue.push(waiting)
    this.#size++
  }

  /** Removes and returns the next run. */
  shift (): Waiting | undefined {
    const [entry] = this.#queues
    if (entry === undefined) return undefined
    const [tokenName, queue] = entry
    const next = queue.shift()
    // Moves the token to the end, or removes it if it has no more waiting runs.
    this.#queues.delete(tokenName)
    if (queue.length > 0) this.#queues.set(tokenName, queue)
    this.#size--
    return next
  }

  remove (tokenName: string, waiting: Waiting): void {
    const queue = this.#queues.get(tokenName)
    const index = queue?.indexOf(waiting) ?? -1
    if (queue === undefined || index < 0) return
    queue.splice(index, 1)
    if (queue.length === 0) this.#queues.delete(tokenName)
    this.#size--
  }
}
