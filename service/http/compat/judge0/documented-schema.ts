import type { Config } from '../../../config/config.js'
import { FALSE_VALUES } from './attributes.js'
import { MAX_BATCH_SIZE, MAX_OPTION_CHARACTERS, numberRanges } from './limits.js'
import { BatchSchema, SubmissionSchema } from './schema.js'
import { FIELDS } from './submission.js'

/** Lists and objects count as missing. */
const MISSING = ['null', 'array', 'object']
const BLANK = '[\\t\\n\\v\\f\\r ]*'
const NUMBER = '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?'
const FIELD = `(${FIELDS.join('|')}|\\*)?`

type Schema = Record<string, unknown>
type Settings = Pick<Config, 'run' | 'container'>

/** The rules of the parameters that routes check themselves. */
const QUERY_RULES: Record<string, Schema> = {
  fields: { pattern: `^${FIELD}(,${FIELD})*$` },
  tokens: { pattern: `^,*[^,]+(,+[^,]+){0,${MAX_BATCH_SIZE - 1}},*$` }
}

/** The parameters of a route in the OpenAPI document. */
export function documentedQuery ({ properties, ...schema }: { properties: Record<string, object> }): Schema {
  const required = 'tokens' in properties ? { required: ['tokens'] } : {}
  return { ...schema, ...required, properties: withRules(properties, QUERY_RULES) }
}

/**
 * The body of a submission in the OpenAPI document, with the rules of attributes.ts that JSON Schema can express. Requests are not
 * validated with this schema, because their errors are those of Judge0.
 */
export function documentedSubmission (settings: Settings): Schema {
  const off = { anyOf: [{ enum: [...FALSE_VALUES, '', null] }, { type: ['array', 'object'] }] }
  const rules: Record<string, Schema> = {
    source_code: { type: ['string', 'number', 'boolean'], pattern: '[^\\t\\n\\v\\f\\r ]' },
    language_id: { type: ['number', 'string'], pattern: `^${BLANK}${NUMBER}${BLANK}$` },
    compiler_options: { maxLength: MAX_OPTION_CHARACTERS },
    command_line_arguments: { maxLength: MAX_OPTION_CHARACTERS },
    additional_files: { type: ['string', ...MISSING] },
    callback_url: { type: ['string', ...MISSING] },
    enable_network: settings.container.networkDisabled ? off : {},
    enable_per_process_and_thread_time_limit: off,
    enable_per_process_and_thread_memory_limit: off,
    ...numberRules(settings)
  }
  return {
    ...SubmissionSchema,
    required: ['source_code', 'language_id'],
    properties: withRules(SubmissionSchema.properties, rules)
  }
}

/** The body of a batch, of which at least one submission must be valid. */
export function documentedBatch (settings: Settings): Schema {
  const submissions = { description: 'A list of submissions', type: 'array', minItems: 1, maxItems: MAX_BATCH_SIZE, contains: documentedSubmission(settings) }
  return { ...BatchSchema, required: ['submissions'], properties: { submissions } }
}

function withRules (properties: Record<string, object>, rules: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, { ...property, ...rules[name] }]))
}

function numberRules (settings: Settings): Record<string, Schema> {
  return Object.fromEntries(Object.entries(numberRanges(settings)).map(([name, range]) => [name, {
    type: ['number', 'string', ...MISSING], pattern: `^${BLANK}(${NUMBER})?${BLANK}$`, ...(range.integer ? integerRange(range) : { minimum: range.min, maximum: range.max })
  }]))
}

/** Numbers are rounded towards zero. */
function integerRange ({ min, above, max }: { min?: number, above?: number, max: number }): Schema {
  const least = min ?? (above ?? 0) + 1
  return { ...(least > 0 ? { minimum: least } : { exclusiveMinimum: least - 1 }), exclusiveMaximum: max + 1 }
}
