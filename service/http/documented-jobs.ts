import { DocumentedPayloadSchema } from '../protocol/documented-payload.js'
import { JobBodySchema, MAX_KEY_LENGTH, MAX_RUNS, RunSchema } from './job-submissions.js'

const RUN_MEMBERS = Object.keys(RunSchema.properties)

/** Either `language` and `code`, or `image` and `payload`. */
const ONE_RUN = {
  if: { required: ['language'] },
  then: { required: ['code'], not: { required: ['image'] } },
  else: { required: ['image', 'payload'], properties: { payload: DocumentedPayloadSchema } }
}

/**
 * The body of `POST /jobs` in the OpenAPI document, with the rules of job-submissions.ts that JSON Schema can express. Requests are not
 * validated with this schema, because the messages of job-submissions.ts are more helpful.
 */
export const DocumentedJobBodySchema = {
  ...JobBodySchema,
  properties: {
    ...JobBodySchema.properties,
    runs: { ...JobBodySchema.properties.runs, minItems: 1, maxItems: MAX_RUNS, items: { ...RunSchema, ...ONE_RUN } }
  },
  if: { required: ['runs'] },
  then: { not: { anyOf: RUN_MEMBERS.map((name) => ({ required: [name] })) } },
  else: ONE_RUN
}

export const DocumentedJobHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string', minLength: 1, maxLength: MAX_KEY_LENGTH, description: 'Repetitions of a request with the same key and body return the same jobs'
    }
  }
}
