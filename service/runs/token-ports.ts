/** The interfaces for access tokens. create-service.ts connects the modules. */
import type { TokenLimits } from '../protocol/token-limits.js'

/** The limits and images of a token. If a member is undefined, only the settings of the service apply. */
export interface TokenPolicy {
  /** Maximum number of concurrent runs in this service. */
  concurrency?: number | undefined
  /** Maximum number of requests in a window, instead of `RATE_LIMIT_TOKEN_MAX`. */
  rate?: { requests: number, windowMs: number } | undefined
  /** For each limit, the lower value of the request and the token applies. */
  limits?: TokenLimits | undefined
  /** Maximum number of unfinished jobs, instead of `JOBS_MAX_QUEUED`. */
  queuedJobs?: number | undefined
}

/** The tokens that are currently valid. Implemented by tokens/, used by http/, runs/ and jobs/. */
export interface Tokens {
  readonly names: string[]
  /** Whether tokens can have limits of their own. */
  readonly hasPolicies: boolean
  /** Returns the name of a token, or undefined if it is not valid. The time does not depend on the token. */
  nameOf (token: Buffer): string | undefined
  /** Returns undefined if no valid token has this name. */
  policyOf (tokenName: string): TokenPolicy | undefined
  /** @throws ServiceError `image.not_allowed` if the token must not use the image */
  checkImage (tokenName: string, ref: string): void
  /** Calls `listener` after the tokens have changed. */
  onChange (listener: () => void): void
}
