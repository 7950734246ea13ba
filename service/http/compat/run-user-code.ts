import { constants } from 'node:os'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'

import { tooLarge, unsupportedLanguage } from '../../errors.js'
import type { ImageDescription, Images, RunAnswer, RunResult, Runs } from '../../runs/ports.js'
import { clientGone } from '../client-gone.js'
import { ownSubmission, sendResult } from '../routes/run.js'
import {
  CodeBodySchema, errorAnswers, ExecuteBodySchema, ExecuteResultSchema, LanguageParamsSchema, LanguagesQuerySchema, ResultSchema, runErrors
} from '../../protocol/payload.js'
import { LanguagesSchema } from '../routes/status-schemas.js'
import { payloadOfCode } from '../../protocol/payload-check.js'

const KILL = constants.signals.SIGKILL
/** The first real-time signal that a program may use, with the glibc of our images: it keeps 32 and 33 for itself (signal(7)). */
const REAL_TIME = 34
const LAST_SIGNAL = 64

interface CodeParts {
  images: Images
  runs: Runs
  codeBytes: number
}

interface Submitted {
  language: string
  code: string
  input?: string | null
}

/** The routes that take a program's text and the name of its language. */
export function addCodeRoutes (scope: FastifyInstance, { images, runs, codeBytes }: CodeParts): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()
  const run = async (request: FastifyRequest, reply: FastifyReply, { language, code, input }: Submitted): Promise<RunAnswer> => {
    if (Buffer.byteLength(code) > codeBytes) throw tooLarge(`code is larger than ${codeBytes} bytes (RUN_MAX_CODE_SIZE)`)
    const image = languageImage(await images.languages(), language)
    return await runs.run({
      ...ownSubmission(payloadOfCode(image, code, input)),
      image,
      requestId: request.id,
      tokenName: request.tokenName,
      signal: clientGone(reply)
    })
  }
  const response = { 200: ResultSchema, ...runErrors }

  typed.post('/run/:language', {
    schema: { summary: 'Run a program in a language', tags: ['run'], params: LanguageParamsSchema, body: CodeBodySchema, response }
  }, async (request, reply) => sendResult(reply, await run(request, reply, { ...request.body, language: request.params.language })))

  typed.post('/', {
    schema: { summary: 'Run a Python program', tags: ['run'], body: CodeBodySchema, response }
  }, async (request, reply) => sendResult(reply, await run(request, reply, { ...request.body, language: 'python' })))

  typed.post('/api/execute', {
    schema: {
      summary: 'Run a program in a language', tags: ['run'], body: ExecuteBodySchema, response: { 200: ExecuteResultSchema, ...runErrors }
    }
  }, async (request, reply) => {
    const startedAt = performance.now()
    const { result } = await run(request, reply, request.body)
    return toExecuteResult(result, performance.now() - startedAt)
  })
}

/** What languages there are; no token needed. */
export function addLanguagesRoute (app: FastifyInstance, { images }: { images: Images }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/languages', {
    schema: { summary: 'The languages there are', tags: ['status'], querystring: LanguagesQuerySchema, response: { 200: LanguagesSchema, ...errorAnswers(400, 500) } }
  }, async (request) => {
    const present = await images.languages()
    const details = request.query.details
    if (details === undefined || details === '0' || details === 'false') return { languages: listedNames(present) }
    return {
      languages: present.flatMap(({ ref, language }) => language === undefined
        ? []
        : [{ name: language.name, aliases: language.aliases, version: language.version, image: ref, hello: language.hello }])
    }
  })
}

function languageImage (present: ImageDescription[], name: string): ImageDescription {
  const wanted = name.toLowerCase()
  const found = present.find(({ language }) => language?.name === wanted) ??
    present.find(({ language }) => language?.aliases.includes(wanted))
  if (found === undefined) throw unsupportedLanguage(name, listedNames(present))
  return found
}

function listedNames (present: ImageDescription[]): string[] {
  return present.flatMap(({ language }) => language === undefined ? [] : [language.name, ...language.listed]).sort()
}

function toExecuteResult (result: RunResult, wallMs: number) {
  return {
    stdout: result.stdout,
    stderr: result.stderr,
    executionTime: result.duration === undefined ? Math.round(wallMs) : Math.round(result.duration / 1e4) / 100,
    exitCode: exitCodeOf(result),
    ...(result.error === '' ? {} : { error: result.error })
  }
}

/** As a shell tells it: 128 + n after death by signal n, which for a run that a limit ended is SIGKILL. */
function exitCodeOf ({ exitCode, signal, outcome }: RunResult): number {
  if (typeof exitCode === 'number') return exitCode
  if (outcome === 'invalid') return 1
  return 128 + (signalNumber(typeof signal === 'string' ? signal : '') ?? KILL)
}

/** `SIGSEGV`, `SIGRTMIN+3`, and `SIG33` for one without a name, as the runner writes them; undefined for any other word. */
function signalNumber (name: string): number | undefined {
  if (Object.hasOwn(constants.signals, name)) return constants.signals[name as NodeJS.Signals]
  const [, realTime, digits] = /^SIG(RTMIN\+)?(\d{1,2})$/.exec(name) ?? []
  const number = Number(digits) + (realTime === undefined ? 0 : REAL_TIME)
  return number > 0 && number <= LAST_SIGNAL ? number : undefined
}
