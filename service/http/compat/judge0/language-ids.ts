type Row = readonly [language: string | undefined, name: string, versions: Readonly<Record<number, string>>]

/**
 * The languages of Judge0 CE: the corresponding language of the service, which is undefined if no image can run its programs, and the
 * versions of Judge0 by ID.
 */
const ROWS: readonly Row[] = [
  ['assembly', 'Assembly', { 45: 'NASM 2.14.02' }],
  ['bash', 'Bash', { 1: '4.4', 2: '4.0', 46: '5.0.0' }],
  [undefined, 'Basic', { 3: 'fbc 1.05.0', 47: 'FBC 1.07.1' }],
  ['c', 'C', { 4: 'gcc 7.2.0', 5: 'gcc 6.4.0', 6: 'gcc 6.3.0', 7: 'gcc 5.4.0', 8: 'gcc 4.9.4', 9: 'gcc 4.8.5', 48: 'GCC 7.4.0', 49: 'GCC 8.3.0', 50: 'GCC 9.2.0', 75: 'Clang 7.0.1', 103: 'GCC 14.1.0', 104: 'Clang 18.1.8', 110: 'Clang 19.1.7' }],
  ['csharp', 'C#', { 16: 'mono 5.4.0.167', 17: 'mono 5.2.0.224', 51: 'Mono 6.6.0.161' }],
  ['cpp', 'C++', { 10: 'g++ 7.2.0', 11: 'g++ 6.4.0', 12: 'g++ 6.3.0', 13: 'g++ 5.4.0', 14: 'g++ 4.9.4', 15: 'g++ 4.8.5', 52: 'GCC 7.4.0', 53: 'GCC 8.3.0', 54: 'GCC 9.2.0', 76: 'Clang 7.0.1', 105: 'GCC 14.1.0' }],
  ['clojure', 'Clojure', { 18: '1.8.0', 86: '1.10.1' }],
  ['cobol', 'COBOL', { 77: 'GnuCOBOL 2.2' }],
  ['clisp', 'Common Lisp', { 55: 'SBCL 2.0.0' }],
  ['crystal', 'Crystal', { 19: '0.23.1' }],
  ['d', 'D', { 56: 'DMD 2.089.1' }],
  [undefined, 'Dart', { 90: '2.19.2' }],
  ['elixir', 'Elixir', { 20: '1.5.1', 57: '1.9.4' }],
  ['erlang', 'Erlang', { 21: 'OTP 20.0', 58: 'OTP 22.2' }],
  [undefined, 'Executable', { 44: '' }],
  ['fsharp', 'F#', { 87: '.NET Core SDK 3.1.202' }],
  ['fortran', 'Fortran', { 59: 'GFortran 9.2.0' }],
  ['go', 'Go', { 22: '1.9', 60: '1.13.5', 95: '1.18.5', 106: '1.22.0', 107: '1.23.5' }],
  ['groovy', 'Groovy', { 88: '3.0.3' }],
  ['haskell', 'Haskell', { 23: 'ghc 8.2.1', 24: 'ghc 8.0.2', 61: 'GHC 8.8.1' }],
  [undefined, 'Insect', { 25: '5.0.0' }],
  ['java', 'Java', { 26: 'OpenJDK 9 with Eclipse OpenJ9', 27: 'OpenJDK 8', 28: 'OpenJDK 7', 62: 'OpenJDK 13.0.1', 91: 'JDK 17.0.6' }],
  [undefined, 'JavaFX', { 96: 'JDK 17.0.6, OpenJFX 22.0.2' }],
  ['javascript', 'JavaScript', { 29: 'nodejs 8.5.0', 30: 'nodejs 7.10.1', 63: 'Node.js 12.14.0', 93: 'Node.js 18.15.0', 97: 'Node.js 20.17.0', 102: 'Node.js 22.08.0' }],
  ['kotlin', 'Kotlin', { 78: '1.3.70', 111: '2.1.10' }],
  ['lua', 'Lua', { 64: '5.3.5' }],
  [undefined, 'Multi-file program', { 89: '' }],
  ['objective-c', 'Objective-C', { 79: 'Clang 7.0.1' }],
  ['ocaml', 'OCaml', { 31: '4.05.0', 65: '4.09.0' }],
  ['octave', 'Octave', { 32: '4.2.0', 66: '5.1.0' }],
  ['pascal', 'Pascal', { 33: 'fpc 3.0.0', 67: 'FPC 3.0.4' }],
  ['perl', 'Perl', { 85: '5.28.1' }],
  ['php', 'PHP', { 68: '7.4.1', 98: '8.3.11' }],
  ['plaintext', 'Plain Text', { 43: '' }],
  ['prolog', 'Prolog', { 69: 'GNU Prolog 1.4.5' }],
  [undefined, 'Python', { 36: '2.7.9', 37: '2.6.9', 70: '2.7.17' }],
  ['python', 'Python', { 34: '3.6.0', 35: '3.5.3', 71: '3.8.1', 92: '3.11.2', 100: '3.12.5', 109: '3.13.2', 113: '3.14.0' }],
  ['r', 'R', { 80: '4.0.0', 99: '4.4.1' }],
  ['ruby', 'Ruby', { 38: '2.4.0', 39: '2.3.3', 40: '2.2.6', 41: '2.1.9', 72: '2.7.0' }],
  ['rust', 'Rust', { 42: '1.20.0', 73: '1.40.0', 108: '1.85.0' }],
  ['scala', 'Scala', { 81: '2.13.2', 112: '3.4.2' }],
  ['sqlite', 'SQL', { 82: 'SQLite 3.27.2' }],
  ['swift', 'Swift', { 83: '5.2.3' }],
  ['typescript', 'TypeScript', { 74: '3.7.4', 94: '5.0.3', 101: '5.6.2' }],
  [undefined, 'Visual Basic.Net', { 84: 'vbnc 0.0.0.5943' }]
]
/** Judge0 archived the languages up to this ID. */
const LAST_ARCHIVED_ID = 42

export const JUDGE0_LANGUAGES = ROWS.flatMap(([language, name, versions]) => Object.entries(versions).map(([id, version]) => ({
  id: Number(id), language, name: version === '' ? name : `${name} (${version})`, archived: Number(id) <= LAST_ARCHIVED_ID
})))
