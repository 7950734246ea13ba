import { invalidRequest } from '../../../errors.js'
import { DEFAULT_FIELDS, FIELDS } from './submission.js'

const ALL_FIELDS = '*'

interface Query {
  base64_encoded?: string
  fields?: string
}

/** Which fields a client requests, and whether it sends and receives texts as base64. */
export interface Format {
  fields: readonly string[]
  base64: boolean
}

/** @throws ServiceError `request.invalid` if a field does not exist */
export function formatOf ({ base64_encoded: encoded, fields = '' }: Query): Format {
  const names = fields.split(',').filter((name) => name !== '')
  const unknown = names.filter((name) => name !== ALL_FIELDS && !FIELDS.includes(name))
  if (unknown.length > 0) throw invalidRequest(`invalid fields: [${unknown.join(', ')}]`)
  return {
    fields: names.includes(ALL_FIELDS) ? FIELDS : names.length === 0 ? DEFAULT_FIELDS : [...new Set(names)],
    base64: encoded === 'true'
  }
}
