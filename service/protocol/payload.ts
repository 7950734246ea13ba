import { supportsVersion2 } from './image-labels.js'
import { topLevelMembers } from './json-scanner.js'
import type { WindowSize } from './input-messages.js'
import {
  fromWireLimits, payloadLimits, runLimits, stricterLimits, toWireLimits, type MaximumLimits, type RequestedLimits, type RunLimits, type WireLimits
} from './limits.js'
import { checkText } from './payload-checks.js'
import type { Payload } from './payload-schema.js'

/** A payload as the container receives it, and how the service treats the run. */
export interface Submission {
  /** The JSON text for the container's stdin. */
  payload: Buffer
  limits: RunLimits
  /** Whether the container writes events while the program runs. */
  streams: boolean
}

export interface EncodingOptions {
  /** The limits that the request specifies outside its payload. */
  requested?: WireLimits | null | undefined
  maximum: MaximumLimits
  /** The version of the runner protocol that the image implements. */
  version: number
  /** Whether the client reads events. Version 1 does not support them. */
  stream?: boolean
  /** Present if the container reads messages after the payload, and writes events. The terminal is undefined if the program uses pipes. */
  interactive?: { terminal: WindowSize | undefined } | undefined
}

/** Creates the payload for a program with one file. @throws ServiceError `request.invalid`; the message names `code` or `input` */
export function payloadOfCode (fileName: string, code: string, input: string | null | undefined): Payload {
  checkText(code, 'code')
  checkText(input ?? '', 'input')
  return { files: [{ name: fileName, content: code }], stdin: input ?? '' }
}

/** Encodes a validated payload for the container. Omits members that are not in the schema, because they have not been validated. */
export function encodePayload (payload: Payload, { requested, maximum, version, stream = false, interactive }: EncodingOptions): Submission {
  const { language, files, stdin, command, runInstructions, args, env, outputs, cases, stopOnFailure } = payload
  const limits = stricterLimits(fromWireLimits(payload.limits), fromWireLimits(requested))
  const kind = { cases: cases?.length ?? 0, interactive: interactive !== undefined, returnsFiles: outputs != null }
  const streams = (stream || interactive !== undefined) && supportsVersion2(version)
  const known = {
    language,
    files: files.map(({ name, content, encoding }) => ({ name, content, encoding: encoding ?? undefined })),
    stdin,
    command,
    runInstructions: runInstructions && { buildCommands: runInstructions.buildCommands, runCommand: runInstructions.runCommand },
    args,
    env,
    limits: supportsVersion2(version) ? payloadLimits(limits, maximum, kind) : toWireLimits(limits),
    outputs,
    cases: cases?.map((each) => encodeCase(each, limits)),
    stopOnFailure,
    stream: streams || undefined,
    interactive: interactive === undefined ? undefined : true,
    tty: interactive?.terminal
  }
  return { payload: Buffer.from(JSON.stringify(known)), limits: runLimits(limits, maximum, kind), streams }
}

/**
 * Returns the contents of the files in a payload. A payload without files, which a foreign image may accept, is returned as one
 * text.
 */
export function sourcesOf (payload: Buffer): string[] {
  try {
    const files: unknown = JSON.parse(topLevelMembers(payload)?.get('files')?.toString('utf8') ?? '[]')
    const contents = (files as Array<{ content?: unknown, encoding?: unknown } | null>).flatMap((file) => {
      if (typeof file?.content !== 'string') return []
      return [file.encoding === 'base64' ? Buffer.from(file.content, 'base64').toString('utf8') : file.content]
    })
    if (contents.length > 0) return contents
  } catch {
    // The payload has another structure, so its whole text is returned.
  }
  return [payload.toString('utf8')]
}

function encodeCase ({ stdin, args, limits, expectedStdout }: NonNullable<Payload['cases']>[number], ofRun: RequestedLimits) {
  const { timeMs, outputBytes } = stricterLimits(fromWireLimits(limits), ofRun)
  return { stdin, args, limits: limits == null ? undefined : toWireLimits({ timeMs, outputBytes }), expectedStdout }
}
