import type { RunResult } from '../protocol/result.js'
import { failed, info, ok, weak, type Check } from './check.js'

/** The root file system of a container is on the disk of the engine. */
export const DISK_SCRIPT = 'df -P -k / | tail -n 1; df -P -i / | tail -n 1'

const FULL_PERCENT = 1
const LOW_PERCENT = 10
const PRUNE = 'remove unused data: docker system prune'
const GIB_KIB = 2 ** 20

/** Checks the free space and the free inodes of the engine's disk. */
export async function diskChecks (measure: () => Promise<RunResult>): Promise<Check[]> {
  const { stdout } = await measure().catch(() => ({ stdout: '' }))
  const [space, inodes] = stdout.split('\n').map(parse)
  if (space === undefined) return [info('disk', 'the size of the engine\'s disk is unknown')]
  const gib = `${(space.free / GIB_KIB).toFixed(1)} GiB free (${percent(space)} %)`
  // Some file systems, for example btrfs, have no fixed number of inodes.
  const detail = inodes === undefined ? gib : `${gib}, ${percent(inodes)} % of inodes free`
  const least = Math.min(percent(space), inodes === undefined ? 100 : percent(inodes))
  if (least < FULL_PERCENT) return [failed('disk', `${detail}: the engine cannot create containers when the disk is full`, PRUNE)]
  return [least < LOW_PERCENT ? weak('disk', `${detail}: image builds may fail`, PRUNE) : ok('disk', detail)]
}

/** Returns the check if a run failed because the disk is full. */
export function fullDiskCheck (message: string): Check[] {
  if (!/no space left on device|disk quota exceeded/i.test(message)) return []
  return [failed('disk', 'the disk of the engine is full', PRUNE)]
}

interface Usage { total: number, free: number }

/** Reads a line of df(1): file system, total, used, available, percentage, mount point. */
function parse (line: string): Usage | undefined {
  const [, total = 0, , free = 0] = line.split(/\s+/).map(Number)
  return total > 0 && free >= 0 ? { total, free } : undefined
}

function percent ({ total, free }: Usage): number {
  return Math.floor(100 * free / total)
}
