import { posix } from 'node:path'

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'

import { ServiceError } from '../../../errors.js'
import type { Payload } from '../../../protocol/payload-schema.js'
import type { ImageDescription } from '../../../runs/ports.js'
import { imageOfLanguage, listedNames } from '../../language-images.js'
import { respondToErrors } from '../../plugins/errors.js'
import type { CompatApi, CompatParts } from '../compat-api.js'
import { fileOf, possibleMemory, runPayload } from '../payload-run.js'
import { ERROR_RESPONSES, errorResponse, sandboxError, unknownLanguage, validationErrorOf } from './errors.js'
import { responseOf } from './response.js'
import { LANGUAGE_NAMES, RunCodeResponseSchema, RunCodeSchema, SANDBOX_FUSION_LANGUAGES, type RunCodeBody } from './schema.js'

const DEFAULT_TIMEOUT_SECONDS = 10
const MEBIBYTE = 1024 * 1024

/** `POST /run_code` of SandboxFusion, which training frameworks use to evaluate generated programs. */
export const sandboxFusion: CompatApi = { name: 'sandbox-fusion', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CompatParts): void {
  respondToErrors(scope, parts.config.run.payloadBytes, errorResponse)
  scope.withTypeProvider<TypeBoxTypeProvider>().post('/run_code', {
    schemaErrorFormatter: validationErrorOf,
    schema: {
      summary: 'Run a program (SandboxFusion)',
      tags: ['run'],
      body: RunCodeSchema,
      response: { 200: RunCodeResponseSchema, ...ERROR_RESPONSES }
    }
  }, async (request, reply) => {
    const { body } = request
    const image = await imageOf(parts, body.language)
    if (image === undefined) return sandboxError(`No image for the language ${body.language} is present`)
    const times = { buildMs: milliseconds(body.compile_timeout), runMs: milliseconds(body.run_timeout) }
    try {
      const result = await runPayload(parts, request, reply, { image, payload: payloadOf(body, image, parts), times })
      return responseOf(result, body.fetch_files ?? [])
    } catch (error) {
      // SandboxFusion also returns SandboxError if it cannot write a file.
      if (error instanceof ServiceError && error.statusCode === 400) return sandboxError(error.message)
      throw error
    }
  })
}

/** Returns undefined if SandboxFusion supports the language but its image is missing. @throws ServiceError if the language is unknown */
async function imageOf ({ images }: CompatParts, language: string): Promise<ImageDescription | undefined> {
  const present = await images.languages()
  try {
    return imageOfLanguage(present, LANGUAGE_NAMES.get(language) ?? language)
  } catch (error) {
    if (SANDBOX_FUSION_LANGUAGES.includes(language)) return undefined
    throw error instanceof ServiceError ? unknownLanguage([...new Set([...SANDBOX_FUSION_LANGUAGES, ...listedNames(present)])]) : error
  }
}

function payloadOf (body: RunCodeBody, image: ImageDescription, { config }: CompatParts): Payload {
  const { code, stdin, args, files = {}, fetch_files: fetchFiles = [], memory_limit_MB: memoryMebibytes = 0 } = body
  const main = image.language?.main ?? 'main'
  const others = Object.entries(files)
    .map(([name, content]) => [posix.normalize(name), content] as const)
    .filter((entry): entry is [string, string] => entry[1] !== null && entry[0] !== main)
  return {
    files: [{ name: main, content: code }, ...others.map(([name, content]) => fileOf(name, Buffer.from(content, 'base64')))],
    stdin: stdin ?? '',
    ...(args == null ? {} : { args }),
    ...(memoryMebibytes > 0 ? { limits: { memory: possibleMemory(memoryMebibytes * MEBIBYTE, config.container) } } : {}),
    ...(fetchFiles.length === 0 ? {} : { outputs: fetchFiles.map((path) => literalPattern(posix.normalize(path))) })
  }
}

/** Returns a pattern that matches only this path. */
function literalPattern (path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}

function milliseconds (seconds = DEFAULT_TIMEOUT_SECONDS): number {
  return seconds * 1000
}
