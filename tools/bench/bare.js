import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The command line that runs a program on this host, by language. @type {Record<string, (dir: string, main: string) => string[]>} */
const COMMANDS = {
  python: (_dir, main) => ['python3', main],
  javascript: (_dir, main) => ['node', main],
  ruby: (_dir, main) => ['ruby', main],
  bash: (_dir, main) => ['bash', main],
  java: (_dir, main) => ['java', main],
  go: (_dir, main) => ['go', 'run', main],
  c: (dir, main) => ['sh', '-c', `gcc -o ${dir}/a.out ${main} && ${dir}/a.out`],
  cpp: (dir, main) => ['sh', '-c', `g++ -o ${dir}/a.out ${main} && ${dir}/a.out`]
}

/**
 * Prepares a program that runs on this host without a container. Returns undefined if the interpreter is not installed.
 * @param {string} language
 * @param {string} mainName
 * @param {string} program
 * @returns {{ run: () => Promise<void>, remove: () => void } | undefined}
 */
export function bareProcess (language, mainName, program) {
  const dir = mkdtempSync(join(tmpdir(), 'runonce-bench-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const main = join(dir, mainName)
  writeFileSync(main, program)
  const [file, ...args] = COMMANDS[language]?.(dir, main) ?? []
  if (file === undefined || !works(file, args)) {
    remove()
    return undefined
  }
  return { run: async () => { await run(file, args) }, remove }
}

/** @param {string} file @param {string[]} args */
function works (file, args) {
  try {
    execFileSync(file, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
