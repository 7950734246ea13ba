/** Waiting items, for example runs. Items of one token leave in order of arrival, and tokens take turns. */
export class TurnQueue<Item> {
  /** Waiting items by token; the next item is from the first token. A token without waiting items has no entry. */
  readonly #queues = new Map<string, Item[]>()
  #size = 0

  get size (): number { return this.#size }

  countOf (tokenName: string): number {
    return this.#queues.get(tokenName)?.length ?? 0
  }

  push (tokenName: string, item: Item): void {
    const queue = this.#queues.get(tokenName)
    if (queue === undefined) this.#queues.set(tokenName, [item])
    else queue.push(item)
    this.#size++
  }

  /**
   * Removes and returns the next item.
   * @param isEligible whether an item of this token can be next; the other tokens keep their turn
   */
  shift (isEligible: (tokenName: string) => boolean = () => true): Item | undefined {
    const entry = this.#firstEntry(isEligible)
    if (entry === undefined) return undefined
    const [tokenName, queue] = entry
    const next = queue.shift()
    // Moves the token to the end, or removes it if it has no more waiting items.
    this.#queues.delete(tokenName)
    if (queue.length > 0) this.#queues.set(tokenName, queue)
    this.#size--
    return next
  }

  /** Removes and yields all items. */
  * drain (): Generator<Item> {
    for (let next = this.shift(); next !== undefined; next = this.shift()) yield next
  }

  remove (tokenName: string, item: Item): void {
    const queue = this.#queues.get(tokenName)
    const index = queue?.indexOf(item) ?? -1
    if (queue === undefined || index < 0) return
    queue.splice(index, 1)
    if (queue.length === 0) this.#queues.delete(tokenName)
    this.#size--
  }

  #firstEntry (isEligible: (tokenName: string) => boolean): [string, Item[]] | undefined {
    for (const entry of this.#queues) if (isEligible(entry[0])) return entry
    return undefined
  }
}
