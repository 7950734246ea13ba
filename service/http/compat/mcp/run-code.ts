import type { CallToolResult } from '@modelcontextprotocol/server'
import { closest } from 'fastest-levenshtein'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { invalidRequest, ServiceError } from '../../../errors.js'
import type { Payload } from '../../../protocol/payload-schema.js'
import type { ImageDescription, RunEvents } from '../../../runs/ports.js'
import { codePayload } from '../../code-runs.js'
import { listedNames } from '../../language-images.js'
import type { CompatParts } from '../compat-api.js'
import { runPayload } from '../payload-run.js'
import { validArguments } from './arguments.js'
import { contentOf } from './content.js'
import type { RunCodeArguments, RunCodeSchema } from './tools.js'

interface RunParts {
  request: FastifyRequest
  reply: FastifyReply
  parts: CompatParts
  schema: RunCodeSchema
  signal: AbortSignal
}

/**
 * Runs the program of a tool call. A program that fails is a normal result.
 * @param events receives the output while the program runs
 * @throws ServiceError
 */
export async function runCode ({ request, reply, parts, schema, signal }: RunParts, sent: unknown, events?: RunEvents): Promise<CallToolResult> {
  const args = validArguments(request, schema, sent)
  const { image, payload } = await payloadOf(parts, args)
  const result = await runPayload(parts, request, reply, { image, payload, signal, ...(events === undefined ? {} : { events }) })
  if (result.outcome === 'invalid') throw invalidRequest(result.error)
  return contentOf(result)
}

async function payloadOf (parts: CompatParts, { language, code, stdin = '', files = [], ...others }: RunCodeArguments): Promise<{ image: ImageDescription, payload: Payload }> {
  const { image, payload } = await codePayload(parts, { language, code, input: stdin, limits: others.limits ?? null })
    .catch(async (error) => { throw await withSuggestion(error, parts, language) })
  const main = image.language?.main
  const index = files.findIndex(({ name }) => name === main)
  if (index >= 0) throw invalidRequest(`files[${index}].name must not be ${main}: this file contains the code`)
  return { image, payload: { ...payload, files: [...payload.files, ...files], ...others } }
}

/** Adds the most similar name of a language to the error for an unknown one. */
async function withSuggestion (error: unknown, { images }: CompatParts, language: string): Promise<unknown> {
  if (!(error instanceof ServiceError) || error.slug !== 'language.unsupported') return error
  const known = listedNames(await images.languages())
  return known.length === 0 ? error : new ServiceError('unsupportedLanguage', `${error.message}. The most similar name is ${closest(language.toLowerCase(), known)}`)
}
