import { posix } from 'node:path'

import type { RunResult } from '../../../protocol/result.js'
import { endedInBuild } from '../payload-run.js'
import { endingSignal } from '../signal-number.js'
import { sandboxError } from './errors.js'
import type { CommandResult, RunCodeResponse } from './schema.js'

const NS_PER_SECOND = 1e9

/** Converts a result to SandboxFusion's response. @param fetchFiles the paths of the files that the client requested */
export function responseOf (result: RunResult, fetchFiles: string[]): RunCodeResponse {
  if (result.outcome === 'invalid') return sandboxError(result.error)
  const built = endedInBuild(result)
  const commands = {
    compile_result: result.build === undefined && !built ? null : compileResult(result, built),
    run_result: built ? null : runResult(result)
  }
  const success = [commands.compile_result, commands.run_result].every((command) => command === null || command.return_code === 0)
  return {
    status: success ? 'Success' : 'Failed',
    message: result.outcome === 'out_of_memory' || result.outcome === 'output_limit' ? result.error : '',
    ...commands,
    executor_pod_name: null,
    files: fetchedFiles(result, fetchFiles)
  }
}

/** @param ended whether the build ended the run; its outcome then applies to the build */
function compileResult (result: RunResult, ended: boolean): CommandResult {
  const { stdout, stderr, exitCode, duration } = result.build ?? { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? null, duration: result.duration ?? 0 }
  const tooLong = ended && result.outcome === 'timeout'
  return {
    status: tooLong ? 'TimeLimitExceeded' : 'Finished',
    execution_time: duration / NS_PER_SECOND,
    return_code: tooLong ? null : exitCode ?? returnCode(result),
    stdout,
    stderr
  }
}

function runResult (result: RunResult): CommandResult {
  const tooLong = result.outcome === 'timeout'
  return {
    status: tooLong ? 'TimeLimitExceeded' : 'Finished',
    execution_time: (result.duration ?? 0) / NS_PER_SECOND,
    return_code: tooLong ? null : returnCode(result),
    stdout: result.stdout,
    stderr: result.stderr
  }
}

/** Returns the exit code as Python's subprocess module reports it: -n if signal n terminated the program. */
function returnCode (result: RunResult): number {
  return typeof result.exitCode === 'number' ? result.exitCode : -endingSignal(result)
}

/** Returns the contents of files by the paths that the client requested. Files that do not exist or do not fit are missing. */
function fetchedFiles ({ files = [] }: RunResult, requested: string[]): Record<string, string> {
  const contents = new Map(files.flatMap(({ name, content, encoding }) =>
    content === undefined ? [] : [[name, encoding === 'base64' ? content : Buffer.from(content).toString('base64')] as const]))
  return Object.fromEntries(requested.flatMap((path) => {
    const content = contents.get(posix.normalize(path))
    return content === undefined ? [] : [[path, content]]
  }))
}
