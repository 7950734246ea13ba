import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { nullableString } from '../../protocol/payload-schema.js'
import type { RunResult } from '../../protocol/result.js'
import { clientSignal } from '../client-signal.js'
import { codeRun, identityOf, type CodeRunParts } from '../code-runs.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'
import type { CompatApi } from './compat-api.js'
import { endingSignal } from './signal-number.js'

const BodySchema = Type.Object({
  code: Type.String({ description: 'The program' }),
  language: Type.String({ minLength: 1, description: 'A language\'s name or alias' }),
  input: Type.Optional(nullableString('The program\'s standard input'))
}, { examples: [{ code: 'print(input())', language: 'python', input: 'Hello World!' }] })

const ResponseSchema = Type.Object({
  stdout: Type.String(),
  stderr: Type.String({ description: 'If the run reached a limit, the last line is the text of `error`' }),
  executionTime: Type.Number({ description: 'Wall-clock time in milliseconds' }),
  exitCode: Type.Integer({ description: 'The exit code; 128 + n if signal n terminated the program' }),
  error: Type.Optional(Type.String({ description: 'The reason if the program failed' }))
}, { description: 'The run\'s output and exit code', examples: [{ stdout: 'Hello World!\n', stderr: '', executionTime: 8.41, exitCode: 0 }] })

/** `POST /api/execute` of api-execute, which runs a program and returns its output and exit code. */
export const apiExecute: CompatApi = { name: 'api-execute', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CodeRunParts): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post('/api/execute', {
    schema: {
      summary: 'Run a program and get its output and exit code',
      tags: ['run'],
      body: BodySchema,
      response: { 200: ResponseSchema, ...errorResponses('unsupportedLanguage', ...RUN_ERRORS) }
    }
  }, async (request, reply) => {
    const startedAt = performance.now()
    const run = await codeRun(parts, request.body, { stream: false })
    const { result } = await parts.runs.run({ ...run, ...identityOf(request), signal: clientSignal(reply) })
    return toResponse(result, performance.now() - startedAt)
  })
}

function toResponse (result: RunResult, wallMs: number) {
  return {
    stdout: result.stdout,
    stderr: isLimit(result) ? withLine(result.stderr, result.error) : result.stderr,
    executionTime: result.duration === undefined ? Math.round(wallMs) : Math.round(result.duration / 1e4) / 100,
    exitCode: exitCodeOf(result),
    ...(result.error === '' ? {} : { error: result.error })
  }
}

function isLimit ({ outcome }: RunResult): boolean {
  return outcome === 'timeout' || outcome === 'output_limit' || outcome === 'out_of_memory'
}

/** Appends a line. Clients of this route show stderr, and a program that reached a limit cannot write the reason to it. */
function withLine (text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`
}

/** Returns the exit code as a shell reports it: 128 + n if signal n terminated the program. */
function exitCodeOf (result: RunResult): number {
  if (typeof result.exitCode === 'number') return result.exitCode
  return result.outcome === 'invalid' ? 1 : 128 + endingSignal(result)
}
