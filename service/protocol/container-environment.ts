interface RunnerSettings {
  timeMs: number
  /** undefined: `timeMs` is the only limit of a build. */
  buildTimeMs: number | undefined
  outputBytes: number
  /** undefined: the runner chooses one. */
  workDir: string | undefined
  /** Start the warm interpreter, if the image has one, before the payload comes. */
  warm: boolean
  /** Write a newline to stdout when the container is ready for its payload. */
  announce: boolean
}

/** The runner's settings, as environment variables of its container. */
export function runnerEnvironment ({ timeMs, buildTimeMs, outputBytes, workDir, warm, announce }: RunnerSettings): string[] {
  return [
    `RUNONCE_TIME_LIMIT_MS=${timeMs}`,
    `RUNONCE_OUTPUT_LIMIT=${outputBytes}`,
    ...(buildTimeMs === undefined ? [] : [`RUNONCE_BUILD_LIMIT_MS=${buildTimeMs}`]),
    ...(warm ? [] : ['RUNONCE_WARM=0']),
    ...(announce ? ['RUNONCE_ANNOUNCE=1'] : []),
    ...(workDir === undefined ? [] : [`RUNONCE_WORK_DIR=${workDir}`])
  ]
}
