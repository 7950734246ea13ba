import { firstLanguages } from '../images/language.js'
import { git as askGit } from './git.js'

const IMAGES = 'runner-images'
/** Number of additional languages that runs of one day test. */
const SAMPLE = 3
/** Highest number of changed languages in one run, because a run also builds their images. The run lists the other changed languages. */
const MOST_CHANGED = 12
const DAY_MS = 24 * 60 * 60 * 1000
/** The environment variable that passes the language names of a run to the test processes. */
const VARIABLE = 'RUNONCE_TEST_LANGUAGES'

/**
 * @typedef {{name: string, first?: boolean, shared?: string[]}} Known
 * @typedef {(...args: string[]) => string | undefined} Git
 */

/** Returns the languages of the engine tests: the languages in the environment variable, or the most used languages. @returns {Promise<string[]>} */
export async function languagesToTest () {
  const named = process.env[VARIABLE]?.trim() ?? ''
  if (named !== '') return named.split(/\s+/)
  return await firstLanguages()
}

/**
 * Returns the environment for the test processes.
 * @param {string[]} names
 * @returns {Record<string, string>} the environment variable that `languagesToTest` reads
 */
export function languagesVariable (names) {
  return { [VARIABLE]: names.join(' ') }
}

/**
 * Chooses the languages of a test run: the most used languages, languages that changed since the last commit on main, and a sample of the others that
 * rotates by date.
 * @param {Known[]} known sorted
 * @param {object} [options]
 * @param {Git} [options.git]
 * @param {number} [options.now] current time in milliseconds since the epoch
 * @returns {{names: string[], first: string[], changed: string[], sample: string[], left: string[]}} `names` has all chosen languages, sorted.
 * `first`, `changed` and `sample` do not overlap. `left` has changed languages that were not chosen
 */
export function chooseLanguages (known, { git = askGit, now = Date.now() } = {}) {
  const first = known.filter((language) => language.first === true).map((language) => language.name)
  const touched = changedFolders(changedPaths(git))
  const day = Math.floor(now / DAY_MS)
  const touchedNames = known
    .filter(({ name, shared = [] }) => touched.languages.has(name) || shared.some((each) => touched.shared.has(each)))
    .map((language) => language.name).filter((name) => !first.includes(name))
  const changed = inTurn(touchedNames, MOST_CHANGED, day)
  const rest = known.map((language) => language.name).filter((name) => !first.includes(name))
  const sample = inTurn(rest, SAMPLE, day).filter((name) => !changed.includes(name))
  const names = [...first, ...changed, ...sample].sort()
  return { names, first, changed, sample, left: touchedNames.filter((name) => !names.includes(name)) }
}

/**
 * @param {string[]} names
 * @param {number} most
 * @param {number} day
 * @returns {string[]} at most `most` names; the next day continues with the following names
 */
function inTurn (names, most, day) {
  return Array.from({ length: Math.min(most, names.length) }, (_, index) => names[(day * most + index) % names.length] ?? '')
}

/**
 * Returns paths that changed since this branch diverged from origin/main, or on main since the previous commit, including uncommitted changes. A
 * shallow clone may lack both commits.
 * @param {Git} git
 * @returns {string[]} paths relative to the root of the repository
 */
function changedPaths (git) {
  const head = git('rev-parse', 'HEAD')
  const fork = git('merge-base', 'HEAD', 'origin/main')
  const since = fork !== undefined && fork !== head ? fork : git('rev-parse', '--verify', '--quiet', 'HEAD~1')
  const lists = [
    since === undefined ? undefined : git('diff', '--name-only', '--no-renames', since),
    git('ls-files', '--others', '--exclude-standard', '--full-name', ':/')
  ]
  return lists.flatMap((list) => (list ?? '').split('\n')).filter((file) => file !== '')
}

/** @param {string[]} paths */
function changedFolders (paths) {
  const touched = { languages: new Set(), shared: new Set() }
  for (const file of paths) {
    const [top, kind, name, ...rest] = file.split('/')
    if (top !== IMAGES || rest.length === 0) continue
    if (kind === 'languages') touched.languages.add(name)
    if (kind === 'shared') touched.shared.add(name)
  }
  return touched
}

/**
 * Describes the chosen languages.
 * @param {ReturnType<typeof chooseLanguages>} chosen
 */
export function describeChoice ({ first, changed, sample, left }) {
  const list = (/** @type {string[]} */ names) => names.length > 0 ? names.join(' ') : 'none'
  return `languages: first: ${first.length}; changed: ${list(changed)}; sample: ${list(sample)}` +
    (left.length > 0 ? `\nalso changed, but not tested in this run: npm run test:languages -- ${left.join(' ')}` : '')
}
