import { setTimeout as sleep } from 'node:timers/promises'

import type { FastifyBaseLogger } from 'fastify'

import { internalError as internalFailure, ServiceError } from '../../../errors.js'
import { encodePayload } from '../../../protocol/payload.js'
import type { RunRequest } from '../../../runs/ports.js'
import type { CompatParts } from '../compat-api.js'
import { InterleavedOutput } from '../interleaved-output.js'
import { resultOf } from '../payload-run.js'
import { Background, type Job } from './background.js'
import { checkedSubmission, type CheckedSubmission } from './checked-submission.js'
import { InvalidSubmission } from './errors.js'
import { languagesOf } from './languages.js'
import { outcomeOf, type Outcome } from './outcome.js'
import { memoryLimitOf } from './payload.js'
import { ResultCallbacks } from './result-callbacks.js'
import type { SubmissionStore } from './store.js'
import { finished, internalError, sizeOf, started, type Submission } from './submission.js'

/** Time between two attempts to run a submission or to save its result, in milliseconds. */
const RETRY_MS = 1000
/** Maximum number of attempts to save a result after the shutdown has begun. */
const ATTEMPTS_WHILE_STOPPING = 5
const SHUT_DOWN = 'The service was shut down before the program ran'
const WAITED_TOO_LONG = new ServiceError('overloaded', 'The submission waited too long for other runs')

/** The request and the token for which a program runs, and the signal that cancels the run. */
export type Origin = Pick<RunRequest, 'requestId' | 'tokenName' | 'signal' | 'background'>

interface RunnerParts extends CompatParts {
  store: SubmissionStore
  log: FastifyBaseLogger
}

/** Runs submissions and saves their results. */
export class SubmissionRunner {
  readonly #parts: RunnerParts
  readonly #background: Background
  readonly #callbacks: ResultCallbacks

  constructor (parts: RunnerParts) {
    this.#parts = parts
    const { config: { admission, compat }, callbacks, stopping, log } = parts
    this.#callbacks = new ResultCallbacks({ callbacks, maxBytes: compat.resultsBytes, log })
    this.#background = new Background({ concurrency: admission.concurrency, queueSize: admission.queueSize, queueBytes: compat.resultsBytes, stopping })
  }

  /**
   * Runs a submission while its client waits. A store that does not respond does not prevent the response.
   * @throws ServiceError
   */
  async runNow ({ submission, ...program }: CheckedSubmission, origin: Origin): Promise<Submission> {
    const running = started(submission)
    const done = finished(running, await this.#outcomeOf({ submission: running, ...program }, origin), now())
    await this.#parts.store.save(done).catch((error: Error) => this.#parts.log.warn({ reason: error.message }, 'the result of a submission was not saved'))
    this.#callbacks.send(done, origin.tokenName)
    return done
  }

  /** Accepts submissions that run in the background: all or none. @throws ServiceError `overloaded` (503) */
  async runLater (submissions: Submission[], identity: Pick<Origin, 'requestId' | 'tokenName'>): Promise<void> {
    const jobs = submissions.map((submission) => this.#jobOf(submission, identity))
    this.#background.reserve(jobs)
    try {
      await Promise.all(submissions.map(async (submission) => await this.#parts.store.save(submission)))
    } catch (error) {
      this.#background.release(jobs)
      throw error
    }
    this.#background.start(jobs)
  }

  /** Resolves when every submission has ended and has been saved. */
  async settled (): Promise<void> {
    await this.#background.settled()
  }

  #jobOf (submission: Submission, { requestId, tokenName }: Pick<Origin, 'requestId' | 'tokenName'>): Job {
    return {
      tokenName,
      bytes: sizeOf(submission),
      run: async () => {
        let saved: Promise<unknown> = Promise.resolve()
        // If this fails, clients see that the submission is in the queue until it has a result.
        const admitted = () => { saved = this.#parts.store.save(started(submission)).catch(() => {}) }
        const outcome = await this.#patientOutcomeOf(submission, { requestId, tokenName }, admitted)
        await saved
        await this.#end(finished(submission, outcome, now()), tokenName)
      },
      abandon: async () => await this.#end(finished(submission, internalError(SHUT_DOWN), now()), tokenName)
    }
  }

  async #outcomeOf ({ submission, image, payload }: CheckedSubmission, origin: Origin): Promise<Outcome> {
    const { config, runs } = this.#parts
    const events = submission.redirect_stderr_to_stdout ? new InterleavedOutput() : undefined
    const encoded = encodePayload(payload, { maximum: config.run, version: image.language?.protocol ?? 1, stream: events !== undefined })
    const result = await resultOf(runs.run({ ...encoded, image, ...origin, ...(events === undefined ? {} : { events }) }))
    return outcomeOf(result, { attributes: submission, image, events, memoryLimit: memoryLimitOf(submission, config) })
  }

  /** Runs a submission when no other run waits. Tries again while the service cannot run programs. Never rejects. */
  async #patientOutcomeOf (submission: Submission, identity: Pick<Origin, 'requestId' | 'tokenName'>, admitted: () => void): Promise<Outcome> {
    const { config, stopping } = this.#parts
    const deadline = performance.now() + config.compat.resultsTimeMs
    for (;;) {
      try {
        return await this.#backgroundOutcomeOf(submission, identity, { deadline, admitted })
      } catch (error) {
        const busy = error instanceof ServiceError && error.statusCode === 503
        if (busy && stopping.aborted) return internalError(SHUT_DOWN)
        if (!busy || performance.now() > deadline) return internalError(this.#messageOf(error))
        await sleep(RETRY_MS, undefined, { signal: stopping, ref: false }).catch(() => {})
      }
    }
  }

  /** @throws ServiceError `overloaded` if the run does not start before the deadline */
  async #backgroundOutcomeOf (submission: Submission, identity: Pick<Origin, 'requestId' | 'tokenName'>, { deadline, admitted }: { deadline: number, admitted: () => void }): Promise<Outcome> {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(WAITED_TOO_LONG), deadline - performance.now())
    const background = {
      admitted: () => {
        clearTimeout(timer)
        admitted()
      }
    }
    const { config, images } = this.#parts
    try {
      // The payload was not kept while the submission waited, because extracted files can be large.
      const checked = await checkedSubmission(submission, languagesOf(await images.languages()), config)
      return await this.#outcomeOf(checked, { ...identity, signal: controller.signal, background })
    } finally {
      clearTimeout(timer)
    }
  }

  #messageOf (error: unknown): string {
    if (error instanceof InvalidSubmission) return error.message
    const known = error instanceof ServiceError ? error : internalFailure(error)
    if (known.statusCode >= 500) this.#parts.log.error({ err: known.cause ?? error, slug: known.slug }, 'a submission failed')
    return known.message
  }

  async #end (done: Submission, tokenName: string): Promise<void> {
    await this.#save(done)
    this.#callbacks.send(done, tokenName)
  }

  /** Saves a result. Tries again while the store does not respond. Never rejects. */
  async #save (submission: Submission): Promise<void> {
    const { config, store, stopping, log } = this.#parts
    const deadline = performance.now() + config.compat.resultsTimeMs
    for (let attempts = 1; ; attempts++) {
      try {
        await store.save(submission)
        return
      } catch (error) {
        if (performance.now() > deadline || (stopping.aborted && attempts >= ATTEMPTS_WHILE_STOPPING)) {
          log.error({ reason: (error as Error).message }, 'the result of a submission is lost')
          return
        }
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }
}

function now (): string {
  return new Date().toISOString()
}
