import type { Config } from '../../../config/config.js'
import type { Payload } from '../../../protocol/payload-schema.js'
import type { ImageDescription } from '../../../runs/ports.js'
import { InvalidSubmission } from './errors.js'
import type { Judge0Language } from './languages.js'
import { payloadOf } from './payload.js'
import type { Submission } from './submission.js'

/** A submission whose content has been checked, with the payload of its run. */
export interface CheckedSubmission {
  submission: Submission
  image: ImageDescription
  payload: Payload
}

/**
 * Checks a submission completely, so that its run cannot fail because of its content.
 * @throws InvalidSubmission
 */
export async function checkedSubmission (submission: Submission, languages: Judge0Language[], config: Pick<Config, 'run' | 'container'>): Promise<CheckedSubmission> {
  const image = languages.find(({ id }) => id === submission.language_id)?.image
  // The image may have been removed while the submission waited.
  if (image === undefined) throw new InvalidSubmission({ language_id: ['no longer has an image'] })
  return { submission, image, payload: await payloadOf(submission, image, config) }
}
