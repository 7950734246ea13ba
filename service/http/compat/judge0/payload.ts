import { isUtf8 } from 'node:buffer'

import type { Config } from '../../../config/config.js'
import { supportsVersion2 } from '../../../protocol/image-labels.js'
import { buildLimitMs } from '../../../protocol/limits.js'
import { checkPayload, checkVersion } from '../../../protocol/payload-checks.js'
import type { Payload } from '../../../protocol/payload-schema.js'
import type { ImageDescription } from '../../../runs/ports.js'
import { fileOf, possibleMemory } from '../payload-run.js'
import { extractFiles } from './additional-files.js'
import { isBlank, type Attributes } from './attributes.js'
import { quoted, splitArguments, withoutShellSyntax } from './command-line.js'
import { asInvalidSubmission, InvalidSubmission } from './errors.js'
import { BYTES_PER_KILOBYTE, numberRanges } from './limits.js'

type Settings = Pick<Config, 'run' | 'container'>

const MIN_PROCESSES = 8
const COMPILERS: Readonly<Record<string, string>> = { c: 'gcc', cpp: 'g++' }
/** Judge0 runs SQL in a database file, which the additional files can contain. */
const DATABASE = 'db.sqlite'

/**
 * Creates the payload of a submission.
 * @throws InvalidSubmission
 */
export async function payloadOf (attributes: Attributes, image: ImageDescription, settings: Settings): Promise<Payload> {
  const payload = await uncheckedPayload(attributes, image, settings)
  try {
    checkVersion(payload, image.ref, image.language?.protocol)
    checkPayload(payload, settings.run)
  } catch (error) {
    throw asInvalidSubmission(error)
  }
  return payload
}

async function uncheckedPayload (attributes: Attributes, image: ImageDescription, settings: Settings): Promise<Payload> {
  const { source_code: source, stdin, additional_files: archive, number_of_runs: runs } = attributes
  const main = image.language?.main ?? 'main'
  const others = archive === null ? [] : await extractFiles(archive)
  const cases = usesCases(attributes, image)
  return {
    // As in Judge0, the source code replaces an additional file with the name of the main file.
    files: [{ name: main, content: source ?? Buffer.alloc(0) }, ...others.filter(({ name }) => name !== main)].map(({ name, content }) => fileOf(name, content)),
    stdin: textOf(stdin, 'stdin'),
    ...commandOf(attributes, image, main),
    limits: { ...timesOf(attributes, cases, settings), ...containerLimits(attributes, image, settings) },
    ...(cases ? { cases: Array.from({ length: runs }, () => ({})), stopOnFailure: true } : {})
  }
}

/**
 * Whether the program runs as cases of the runner protocol. The measurements of a case do not include the build, whose time and memory
 * do not count in Judge0.
 */
export function usesCases ({ number_of_runs: runs }: Attributes, { language }: ImageDescription): boolean {
  return runs > 1 || (language?.builds === true && supportsVersion2(language.protocol))
}

function textOf (content: Buffer | null, attribute: string): string {
  if (content !== null && !isUtf8(content)) throw new InvalidSubmission({ [attribute]: ['must be UTF-8'] })
  return content?.toString('utf8') ?? ''
}

function commandOf ({ compiler_options: options, command_line_arguments: line }: Attributes, { language }: ImageDescription, main: string): Partial<Payload> {
  const args = splitArguments(line)
  const compiler = isBlank(options) ? undefined : COMPILERS[language?.name ?? '']
  if (compiler !== undefined) {
    return { runInstructions: { buildCommands: [`${compiler} ${withoutShellSyntax(options ?? '')} -o a.out ${main} -lm`], runCommand: `./a.out${quoted(args)}` } }
  }
  if (language?.name === 'sqlite') return { runInstructions: { buildCommands: [], runCommand: `sqlite3 ${DATABASE} < ${main}` } }
  return args.length === 0 ? {} : { args }
}

function timesOf ({ wall_time_limit: seconds }: Attributes, cases: boolean, { run }: Settings) {
  return cases ? { time: seconds, buildTime: buildLimitMs(run) / 1000 } : { time: seconds }
}

/** Returns the limits that differ from the defaults. The build, which runs in the same container, keeps at least the default memory. */
function containerLimits (attributes: Attributes, image: ImageDescription, settings: Settings) {
  const { container } = settings
  const bytes = memoryLimitOf(attributes, settings)
  const least = image.language?.builds === true ? image.memoryBytes ?? container.memoryBytes : 0
  const processes = attributes.max_processes_and_or_threads
  return {
    ...(bytes === undefined ? {} : { memory: possibleMemory(Math.max(bytes, least), container) }),
    ...(processes === container.processes ? {} : { processes: Math.max(processes, MIN_PROCESSES) })
  }
}

/** Returns the memory limit of a submission in bytes, or undefined if it is the default. */
export function memoryLimitOf ({ memory_limit: kilobytes }: Attributes, settings: Settings): number | undefined {
  return kilobytes === numberRanges(settings).memory_limit.normal ? undefined : kilobytes * BYTES_PER_KILOBYTE
}
