import { wrongToken } from '../errors.js'
import { lowerLimits, type ContainerDefaults } from '../protocol/token-limits.js'
import type { DecodedResult } from '../protocol/result.js'
import type { ImageDescription, RunRequest, Runs } from './ports.js'
import type { Tokens } from './token-ports.js'

interface TokenRunsParts {
  runs: Runs
  tokens: Pick<Tokens, 'policyOf' | 'checkImage'>
  /** The limits of a container for an image that does not request more. */
  container: ContainerDefaults
}

/** Applies the images and limits of the token to each run, regardless of the API that it comes from. */
export class TokenRuns implements Runs {
  constructor (private readonly parts: TokenRunsParts) {}

  /** @throws ServiceError `image.not_allowed`, or `access_token` if the token was removed after the request was accepted */
  async run (request: RunRequest): Promise<DecodedResult> {
    const { runs, tokens } = this.parts
    const { tokenName, image } = request
    const policy = tokens.policyOf(tokenName)
    if (policy === undefined) throw wrongToken()
    tokens.checkImage(tokenName, image.ref)
    if (policy.limits === undefined) return await runs.run(request)
    const lowered = lowerLimits(request, policy.limits, { defaults: this.#defaultsOf(image), foreign: image.language === undefined })
    return await runs.run({ ...request, ...lowered })
  }

  #defaultsOf ({ memoryBytes = 0, processes = 0 }: ImageDescription): ContainerDefaults {
    const { container } = this.parts
    return { memoryBytes: Math.max(container.memoryBytes, memoryBytes), processes: Math.max(container.processes, processes) }
  }
}
