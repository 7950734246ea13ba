export interface File { name: string, content: string, encoding?: 'utf8' | 'base64' }

/** A file that a run returns. */
export interface OutputFile { name: string, content?: string, encoding?: 'utf8' | 'base64', size: number, truncated: boolean, error?: string }

/** The result of a run: see docs/protocol.md. */
export interface Result {
  stdout: string
  stderr: string
  error: string
  duration: number
  outcome: string
  exitCode: number | null
  signal: string | null
  stdoutBytes: number
  stderrBytes: number
  stdoutTruncated: boolean
  stderrTruncated: boolean
  stdoutBase64?: string
  stderrBase64?: string
  cpuTime: number
  memoryPeak: number | null
  build?: { stdout: string, stderr: string, exitCode: number | null, duration: number }
  phase: 'build' | 'run'
  files?: OutputFile[]
  cases?: Array<Omit<Result, 'build' | 'cases'> & { matched?: boolean }>
  streamed?: boolean
}

/** The methods of a tap test that the kit requires. */
export interface Test { teardown (fn: () => Promise<void>): void, setTimeout (ms: number): void }
