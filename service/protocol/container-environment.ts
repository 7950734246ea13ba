interface RunnerSettings {
  timeMs: number
  /** If undefined, only `timeMs` limits a build. */
  buildTimeMs: number | undefined
  outputBytes: number
  /** If undefined, the runner selects the directory. */
  workDir: string | undefined
  /** Whether the runner starts the warm interpreter, if the image has one, before the payload arrives. */
  warm: boolean
  /** If undefined, the runner implements version 1 of the protocol, which does not support cases and returned files. */
  extended: { cases: number, outputFiles: number, outputFilesBytes: number } | undefined
  /** Whether the runner writes a newline to stdout when the container is ready for its payload. */
  announce: boolean
}

/** Returns the runner settings as environment variables for the container. */
export function runnerEnvironment ({ timeMs, buildTimeMs, outputBytes, workDir, warm, announce, extended }: RunnerSettings): string[] {
  return [
    `RUNONCE_TIME_LIMIT_MS=${timeMs}`,
    `RUNONCE_OUTPUT_LIMIT=${outputBytes}`,
    ...(buildTimeMs === undefined ? [] : [`RUNONCE_BUILD_LIMIT_MS=${buildTimeMs}`]),
    ...(extended === undefined
      ? []
      : [`RUNONCE_CASES=${extended.cases}`, `RUNONCE_OUTPUT_FILES=${extended.outputFiles}`, `RUNONCE_OUTPUT_FILES_SIZE=${extended.outputFilesBytes}`]),
    ...(warm ? [] : ['RUNONCE_WARM=0']),
    ...(announce ? ['RUNONCE_ANNOUNCE=1'] : []),
    ...(workDir === undefined ? [] : [`RUNONCE_WORK_DIR=${workDir}`])
  ]
}
