import type { Environment, SettingName } from './read-settings.js'

/** One warning for each variable with a carriage return behind its value, from an env file with CRLF line ends. */
export function carriageReturnWarnings (env: Environment, given: ReadonlySet<SettingName>): string[] {
  return [...given].filter((name) => env[name]?.endsWith('\r'))
    .map((name) => `${name}: the value ends with a carriage return, which is ignored; the env file must have LF line ends`)
}

/** Whether a value has the quotes that a shell and systemd remove from an env file, but `docker run --env-file` does not. */
export function isQuoted (value: string): boolean {
  return /^(["']).*\1$/s.test(value)
}
