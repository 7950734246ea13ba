import type { Config } from '../../../service/config/config.js'
import { longestRunMs } from '../../../service/protocol/limits.js'
import { read } from '../docs/pages.js'

/** Returns the longest duration of a shutdown of the service, in seconds. */
export function stopSeconds ({ admission, run, stop }: Pick<Config, 'admission' | 'run' | 'stop'>): number {
  const [drain = NaN, grace = NaN] = ['DRAIN_MS', 'STOP_GRACE_MS'].map((name) =>
    Number(new RegExp(`${name} = ([\\d_]+)`).exec(read('service/server.ts'))?.[1]?.replaceAll('_', '')))
  return stop.delaySeconds + (admission.queueTimeoutMs + longestRunMs(run, { interactive: false }) + drain + grace) / 1000
}
