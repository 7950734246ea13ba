/** Containers per group above which a further group is opened, so that containers of one shim do not wait for each other. */
const FEW_MEMBERS = 4
/** Maximum number of containers in a group: a shim has up to 20 open files for each of them. */
const MAX_MEMBERS = 32
/** Number of containers after which a group takes no more, so that its shim ends. */
const MAX_JOINED = 1000

interface Group {
  name: string
  /** Number of containers that have not ended. */
  members: number
  /** Number of containers that the group has had. */
  joined: number
}

export interface ShimMembership {
  group: string
  /** Must be called when the container ends. Can be called twice. */
  leave: () => void
}

/**
 * Assigns containers to groups. All containers of a group share one process of containerd's shim, which ends with the
 * last container. A group without containers is never used again, because its shim may be about to exit.
 */
export class ShimGroups {
  readonly #prefix: string
  readonly #parallel: number
  readonly #groups = new Set<Group>()
  #opened = 0

  /**
   * @param prefix start of the names of all groups. Groups of two services must not have the same name.
   * @param parallel maximum number of groups, unless all of them are full. A shim creates one container at a time.
   */
  constructor (prefix: string, parallel: number) {
    this.#prefix = prefix
    this.#parallel = parallel
  }

  join (): ShimMembership {
    const group = this.#select()
    group.members++
    group.joined++
    let left = false
    return {
      group: group.name,
      leave: () => {
        if (left) return
        left = true
        if (--group.members === 0) this.#groups.delete(group)
      }
    }
  }

  /** Must be called when the shim of a group does not work. Later containers join other groups. */
  abandon (name: string): void {
    for (const group of this.#groups) if (group.name === name) this.#groups.delete(group)
  }

  #select (): Group {
    const open = [...this.#groups].filter(({ members, joined }) => members < MAX_MEMBERS && joined < MAX_JOINED)
    const [smallest] = open.sort((a, b) => a.members - b.members)
    if (smallest === undefined || (smallest.members >= FEW_MEMBERS && open.length < this.#parallel)) return this.#open()
    return smallest
  }

  #open (): Group {
    const group = { name: `${this.#prefix}-${++this.#opened}`, members: 0, joined: 0 }
    this.#groups.add(group)
    return group
  }
}
