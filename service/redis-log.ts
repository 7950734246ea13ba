import type { EventEmitter } from 'node:events'

export interface RedisLogger {
  info: (message: string) => void
  error: (details: object, message: string) => void
}

/** The effects to log: `down` while Redis does not respond, and `up` after it responds again. */
interface Effects { down: string, up: string }

/**
 * Logs one line when Redis stops responding, and one when it responds again.
 * @returns the state, and a function for errors that the client does not emit
 */
export function logAvailability (redis: EventEmitter, log: RedisLogger, { down, up }: Effects) {
  let isDown = false
  const lost = ({ message }: Error) => {
    if (!isDown) log.error({ reason: message }, `redis does not respond: ${down} until it responds`)
    isDown = true
  }
  redis.on('error', lost)
  redis.on('ready', () => {
    if (isDown) log.info(`redis responds again: ${up}`)
    isDown = false
  })
  return { isDown: () => isDown, lost }
}
