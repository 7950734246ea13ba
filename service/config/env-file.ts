import type { Environment, SettingName } from './read-settings.js'

/** Returns one warning for each variable whose value ends with a carriage return, which an env file with CRLF line endings causes. */
export function carriageReturnWarnings (env: Environment, given: ReadonlySet<SettingName>): string[] {
  return [...given].filter((name) => env[name]?.endsWith('\r'))
    .map((name) => `${name}: the value ends with a carriage return, which is ignored; the env file must have LF line ends`)
}

/** Returns whether a value is enclosed in quotes. A shell and systemd remove these quotes, but `docker run --env-file` does not. */
export function isQuoted (value: string): boolean {
  return /^(["']).*\1$/s.test(value)
}
