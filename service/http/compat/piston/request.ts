import type { Config } from '../../../config/config.js'
import { invalidRequest } from '../../../errors.js'
import { buildLimitMs } from '../../../protocol/limits.js'
import type { Payload } from '../../../protocol/payload-schema.js'
import { fileOf, possibleMemory, type StepTimes } from '../payload-run.js'
import { findRuntime, type Runtime } from './runtimes.js'

type Body = Record<string, unknown>
type Settings = Pick<Config, 'run' | 'container'>
interface File { name: string, content: string, encoding: BufferEncoding }

const STEPS = ['compile', 'run'] as const
const ENCODINGS: readonly unknown[] = ['base64', 'hex', 'utf8']

export interface Job {
  runtime: Runtime
  payload: Payload
  times: StepTimes
  /** CPU time limit of the run in milliseconds; undefined: none. */
  cpuMs: number | undefined
}

/** Checks a request in the order and with the messages of Piston. @throws ServiceError `request.invalid` */
export function jobOf (sent: unknown, runtimes: Runtime[], settings: Settings): Job {
  const body = (typeof sent === 'object' && sent !== null ? sent : {}) as Body
  const language = requiredText(body, 'language')
  const range = requiredText(body, 'version')
  const files = filesOf(body.files)
  const runtime = findRuntime(runtimes, language, range)
  if (runtime === undefined) throw invalidRequest(`${language}-${range} runtime is unknown`)
  if (!files.some(({ encoding }) => encoding === 'utf8')) throw invalidRequest('files must include at least one utf8 encoded file')
  const limits = limitsOf(body, settings)
  const times = {
    buildMs: limits.compile_timeout ?? buildLimitMs(settings.run),
    runMs: limits.run_timeout ?? settings.run.timeMs
  }
  return { runtime, times, cpuMs: limits.run_cpu_time, payload: payloadOf(body, files, runtime, memoryOf(limits, runtime, settings)) }
}

function requiredText (body: Body, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw invalidRequest(`${name} is required as a string`)
  return value
}

function filesOf (sent: unknown): File[] {
  if (!Array.isArray(sent)) throw invalidRequest('files is required as an array')
  return sent.map((file: Body | null, index) => {
    const { name, content, encoding } = file ?? {}
    if (typeof content !== 'string') throw invalidRequest(`files[${index}].content is required as a string`)
    if (name != null && typeof name !== 'string') throw invalidRequest(`files[${index}].name must be a string`)
    if (encoding != null && typeof encoding !== 'string') throw invalidRequest(`files[${index}].encoding must be a string`)
    return { name: name || `file${index}.code`, content, encoding: (ENCODINGS.includes(encoding) ? encoding : 'utf8') as BufferEncoding }
  })
}

/** Returns the limits that the request contains. A limit of 0, and a memory limit below 0, means the default. */
function limitsOf (body: Body, { run, container }: Settings): Record<string, number | undefined> {
  const buildMs = buildLimitMs(run)
  const configured = {
    memory_limit: { compile: container.memoryCapBytes, run: container.memoryCapBytes },
    timeout: { compile: buildMs, run: run.timeMs },
    cpu_time: { compile: buildMs, run: run.timeMs }
  }
  return Object.fromEntries(Object.entries(configured).flatMap(([kind, maximum]) => STEPS.map((step) => {
    const name = `${step}_${kind}`
    const value = body[name]
    if (value == null || value === 0) return [name, undefined]
    if (typeof value !== 'number') throw invalidRequest(`If specified, ${name} must be a number`)
    if (value > maximum[step]) throw invalidRequest(`${name} cannot exceed the configured limit of ${maximum[step]}`)
    if (value < 0 && kind !== 'memory_limit') throw invalidRequest(`${name} must be non-negative`)
    return [name, value > 0 ? value : undefined]
  })))
}

/** Returns the memory limit of the container. If the language has a build, both steps share the container, and the higher limit applies. */
function memoryOf (limits: Record<string, number | undefined>, { image }: Runtime, { container }: Settings): number | undefined {
  const { run_memory_limit: ofRun, compile_memory_limit: ofBuild } = limits
  const normal = image.memoryBytes ?? container.memoryBytes
  if (image.language?.builds !== true) return ofRun === undefined ? undefined : possibleMemory(ofRun, container)
  if (ofRun === undefined && ofBuild === undefined) return undefined
  return possibleMemory(Math.max(ofRun ?? normal, ofBuild ?? normal), container)
}

function payloadOf ({ stdin, args }: Body, files: File[], { language }: Runtime, memory: number | undefined): Payload {
  if (stdin != null && typeof stdin !== 'string') throw invalidRequest('stdin must be a string')
  if (args != null && !(Array.isArray(args) && args.every((arg) => typeof arg === 'string'))) throw invalidRequest('args must be an array of strings')
  const input = stdin ?? ''
  const main = files.find(({ encoding }) => encoding === 'utf8')
  const ordered = language === 'file' || main === undefined ? files : [main, ...files.filter((file) => file !== main)]
  return {
    files: ordered.map(({ name, content, encoding }) => encoding === 'utf8' ? { name, content } : fileOf(name, Buffer.from(content, encoding))),
    stdin: input.endsWith('\n') ? input : `${input}\n`,
    ...(args == null ? {} : { args: args as string[] }),
    ...(memory === undefined ? {} : { limits: { memory } })
  }
}
