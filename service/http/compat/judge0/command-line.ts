import { InvalidSubmission } from './errors.js'

/** The characters that Judge0 removes. */
const REMOVED = /[$&;<>|`]/g
const WORD = /(?:[^\s"'\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs
/** A part of a word: quoted, escaped, or plain. */
const PART = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^"'\\]+)/gs

/** Removes the characters by which the shell starts other commands. */
export function withoutShellSyntax (options: string): string {
  return options.trim().replace(REMOVED, '')
}

/** Splits arguments as the shell does, but without expansions. @throws InvalidSubmission */
export function splitArguments (text: string | null): string[] {
  const line = withoutShellSyntax(text ?? '')
  const words = line.match(WORD) ?? []
  if (line.replace(WORD, '').trim() !== '') throw new InvalidSubmission({ command_line_arguments: ['has a quote or backslash that is not closed'] })
  return words.map(unquoted)
}

/** Quotes arguments for the shell. */
export function quoted (args: string[]): string {
  return args.map((arg) => ` '${arg.replaceAll("'", "'\\''")}'`).join('')
}

function unquoted (word: string): string {
  return word.replace(PART, (_part, single?: string, double?: string, escaped?: string, plain?: string) =>
    single ?? double?.replace(/\\(["\\$`\n])/g, '$1') ?? escaped ?? plain ?? '')
}
