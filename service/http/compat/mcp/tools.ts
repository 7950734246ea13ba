import type { Tool } from '@modelcontextprotocol/server'
import { Type, type Static, type TObject } from 'typebox'

import type { Config } from '../../../config/config.js'
import { MIN_MEMORY_BYTES } from '../../../protocol/limits.js'
import { ResultSchema } from '../../../protocol/result.js'

export const RUN_CODE = 'run_code'
export const LIST_LANGUAGES = 'list_languages'

const MEBIBYTE = 1024 * 1024
const MAX_ITEMS = 10_000
const MAX_PATTERNS = 32

type Limits = Pick<Config, 'run' | 'container'>

const FileSchema = Type.Object({
  name: Type.String({ description: 'Relative path, for example data/input.csv' }),
  content: Type.String(),
  encoding: Type.Optional(Type.Unsafe<'utf8' | 'base64'>({ type: 'string', enum: ['utf8', 'base64'], description: 'Encoding of the content. The default is utf8' }))
}, { additionalProperties: false })

/** The arguments of `run_code`. The schema avoids keywords and unions that some models do not support. */
export const runCodeSchema = ({ run, container }: Limits) => Type.Object({
  language: Type.String({ description: `Name or alias of a language from ${LIST_LANGUAGES}, for example python, javascript, cpp, java, go, rust or bash` }),
  code: Type.String({ description: `The complete program, at most ${size(run.codeBytes)}. It must print its results` }),
  stdin: Type.Optional(Type.String({ description: 'Standard input of the program. The default is empty' })),
  args: Type.Optional(Type.Array(Type.String(), { maxItems: MAX_ITEMS, description: 'Command-line arguments of the program' })),
  files: Type.Optional(Type.Array(FileSchema, { maxItems: MAX_ITEMS, description: `Additional files in the work directory, such as modules and data. The whole request has at most ${size(run.payloadBytes)}` })),
  outputs: Type.Optional(Type.Array(Type.String(), {
    maxItems: MAX_PATTERNS,
    description: `Patterns of the files to return after the run, for example plot.png or out/*.csv. At most ${run.outputFiles} files and ${size(run.outputFilesBytes)}`
  })),
  limits: Type.Optional(Type.Object({
    time: Type.Optional(Type.Number({ minimum: 0.001, description: `Seconds for build and run together, at most ${run.timeMs / 1000}` })),
    memory: Type.Optional(Type.Integer({ minimum: MIN_MEMORY_BYTES, maximum: container.memoryCapBytes, description: `Bytes of memory, at most ${container.memoryCapBytes}` })),
    output: Type.Optional(Type.Integer({ minimum: 1, description: `Bytes of stdout and stderr together, at most ${run.outputBytes}` }))
  }, { additionalProperties: false, description: 'Other limits than the defaults' }))
}, { additionalProperties: false })

export type RunCodeSchema = ReturnType<typeof runCodeSchema>
export type RunCodeArguments = Static<RunCodeSchema>

/** `list_languages` has no arguments. */
export const ListLanguagesSchema = Type.Object({}, { additionalProperties: false })

const LanguagesSchema = Type.Object({
  languages: Type.Array(Type.Object({
    name: Type.String(),
    aliases: Type.Array(Type.String()),
    version: Type.String(),
    mainFile: Type.String({ description: 'Name of the file that contains the code' })
  }))
})

export type Languages = Static<typeof LanguagesSchema>

/** Returns the tools as `tools/list` describes them. @param runCode the schema of the arguments of `run_code` */
export function toolsOf (config: Limits, runCode: RunCodeSchema): Tool[] {
  return [
    {
      name: RUN_CODE,
      title: 'Run a program',
      description: describeRunCode(config),
      inputSchema: jsonSchema(runCode),
      outputSchema: { ...jsonSchema(ResultSchema), description: 'The whole result. The bytes of returned images are only in the image content' },
      annotations: { readOnlyHint: config.container.networkDisabled, destructiveHint: false, openWorldHint: !config.container.networkDisabled }
    },
    {
      name: LIST_LANGUAGES,
      title: 'List the languages',
      description: `Lists the programming languages that ${RUN_CODE} supports, with aliases, version and the name of the main file.`,
      inputSchema: jsonSchema(ListLanguagesSchema),
      outputSchema: jsonSchema(LanguagesSchema),
      annotations: { readOnlyHint: true, openWorldHint: false }
    }
  ]
}

/** The types of the SDK do not accept a schema of typebox, although it is a JSON value. */
function jsonSchema (schema: TObject): Tool['inputSchema'] {
  return schema as unknown as Tool['inputSchema']
}

function describeRunCode ({ run, container }: Limits): string {
  return `Runs a program in a new container and returns its output and files. Use it to compute a result instead of guessing it, to test code, to process data, or to create files such as plots.

- Each call starts with an empty work directory and nothing remains after it. Send everything that the program needs: code, stdin, args and files.
- ${container.networkDisabled ? 'There is no network. ' : ''}Packages cannot be installed; usually, only the standard library is available.
- Limits: ${run.timeMs / 1000} s of wall-clock time for build and run together, ${size(container.memoryBytes)} of memory (some languages have more), ${size(run.outputBytes)} of output.
- To get files back, name them in outputs. PNG, JPEG, GIF and WebP images are returned as images.

The result begins with the outcome: completed (exit code 0), failed (another exit code), signaled (a crash), timeout, output_limit, out_of_memory, or build_failed (compiler errors are in stderr). A program that fails is a normal result: read its stderr, correct the program and call again. An error of the tool means that the program did not run; its message describes what to change.`
}

function size (bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE} MiB` : `${bytes} bytes`
}
