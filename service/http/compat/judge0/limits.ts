import type { Config } from '../../../config/config.js'
import type { Callbacks } from '../../../runs/job-ports.js'

type Settings = Pick<Config, 'run' | 'container' | 'admission'>

interface NumberRange {
  /** The value if the submission has none. */
  normal: number
  min?: number
  /** The value must be greater. */
  above?: number
  max: number
  integer: boolean
}

/** Judge0 counts memory in units of 1024 bytes. */
export const BYTES_PER_KILOBYTE = 1024
/** The defaults of Judge0. */
const MAX_RUNS = 20
const STACK_KILOBYTES = { normal: 64_000, max: 128_000 }
const FILE_KILOBYTES = { normal: 1024, max: 4096 }
const EXTRA_SECONDS = { normal: 1, max: 5 }
const MIN_MEMORY_KILOBYTES = 2048
const MIN_WALL_SECONDS = 1

export const MAX_BATCH_SIZE = 20
/** Maximum length of the compiler options, and of the arguments. */
export const MAX_OPTION_CHARACTERS = 512
/** Maximum size of all additional files together, in bytes. */
export const MAX_EXTRACT_BYTES = 10_485_760
/** Names of languages that begin with one of these words support compiler options. */
export const COMPILER_OPTION_LANGUAGES = ['C', 'C++']

/** Returns the range and default of each number in a submission. The service does not enforce the limits of the stack and of files. */
export function numberRanges ({ run, container }: Pick<Settings, 'run' | 'container'>) {
  const seconds = run.timeMs / 1000
  const kilobytes = (bytes: number) => Math.floor(bytes / BYTES_PER_KILOBYTE)
  return {
    number_of_runs: { normal: 1, above: 0, max: Math.min(MAX_RUNS, run.cases), integer: true },
    cpu_time_limit: { normal: seconds, min: 0, max: seconds, integer: false },
    cpu_extra_time: { ...EXTRA_SECONDS, min: 0, integer: false },
    wall_time_limit: { normal: seconds, min: Math.min(MIN_WALL_SECONDS, seconds), max: seconds, integer: false },
    memory_limit: { normal: kilobytes(container.memoryBytes), min: MIN_MEMORY_KILOBYTES, max: kilobytes(container.memoryCapBytes), integer: true },
    stack_limit: { ...STACK_KILOBYTES, min: 0, integer: true },
    max_processes_and_or_threads: { normal: container.processes, above: 0, max: container.processesCap, integer: true },
    max_file_size: { ...FILE_KILOBYTES, min: 0, integer: true }
  } satisfies Record<string, NumberRange>
}

export type NumberAttribute = keyof ReturnType<typeof numberRanges>

/** Returns why a number is not allowed, in the words of Judge0. */
export function rangeError (value: number, { min = -Infinity, above = -Infinity, max }: NumberRange): string | undefined {
  if (!Number.isFinite(value)) return 'is not a number'
  if (value <= above) return `must be greater than ${above}`
  if (value < min) return `must be greater than or equal to ${min}`
  return value > max ? `must be less than or equal to ${max}` : undefined
}

/** Returns the configuration in the format of Judge0. */
export function configInfo ({ run, container, admission }: Settings, callbacks: Callbacks | undefined) {
  const ranges = numberRanges({ run, container })
  const numbers = Object.entries(ranges).flatMap(([name, { normal, max }]) => [[name, normal], [`max_${name}`, max]])
  return {
    maintenance_mode: false,
    enable_wait_result: true,
    enable_compiler_options: true,
    allowed_languages_for_compile_options: COMPILER_OPTION_LANGUAGES,
    enable_command_line_arguments: true,
    enable_submission_delete: false,
    enable_callbacks: callbacks !== undefined,
    callbacks_max_tries: callbacks?.attempts ?? 0,
    callbacks_timeout: (callbacks?.timeoutMs ?? 0) / 1000,
    enable_additional_files: true,
    max_queue_size: admission.queueSize,
    ...Object.fromEntries(numbers) as Record<string, number>,
    enable_per_process_and_thread_time_limit: false,
    allow_enable_per_process_and_thread_time_limit: false,
    enable_per_process_and_thread_memory_limit: false,
    allow_enable_per_process_and_thread_memory_limit: false,
    redirect_stderr_to_stdout: false,
    max_extract_size: MAX_EXTRACT_BYTES / BYTES_PER_KILOBYTE,
    enable_batched_submissions: true,
    max_submission_batch_size: MAX_BATCH_SIZE,
    submission_cache_duration: 0,
    use_docs_as_homepage: false,
    allow_enable_network: !container.networkDisabled,
    enable_network: !container.networkDisabled
  }
}
