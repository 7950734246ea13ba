import { firstLanguages } from '../images/language.js'
import { git as askGit } from './git.js'

const IMAGES = 'runner-images'
/** How many other languages each day's runs take. */
const SAMPLE = 3
/** A run also builds the images of changed languages. Of more than this it takes some, in turn, and lists the others. */
const MOST_CHANGED = 12
const DAY_MS = 24 * 60 * 60 * 1000
/** The names of a run's languages, for the test processes. */
const VARIABLE = 'RUNONCE_TEST_LANGUAGES'

/**
 * @typedef {{name: string, first?: boolean, shared?: string[]}} Known
 * @typedef {(...args: string[]) => string | undefined} Git
 */

/** @returns {Promise<string[]>} the languages of the engine tests: those that the environment names, or else the first ones */
export async function languagesToTest () {
  const named = process.env[VARIABLE]?.trim() ?? ''
  if (named !== '') return named.split(/\s+/)
  return await firstLanguages()
}

/**
 * @param {string[]} names
 * @returns {Record<string, string>} the environment variable that names them to languagesToTest
 */
export function languagesVariable (names) {
  return { [VARIABLE]: names.join(' ') }
}

/**
 * Chooses the languages of a test run: the first ones, those that changed since the last commit on main, and some of the others, in turn by
 * date.
 * @param {Known[]} known sorted
 * @param {object} [options]
 * @param {Git} [options.git]
 * @param {number} [options.now] ms since the epoch
 * @returns {{names: string[], first: string[], changed: string[], sample: string[], left: string[]}} names: all chosen ones, sorted;
 * first, changed and sample do not overlap; left: changed languages that are not chosen
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
 * @returns {string[]} at most so many of them; the next day's are the following ones
 */
function inTurn (names, most, day) {
  return Array.from({ length: Math.min(most, names.length) }, (_, index) => names[(day * most + index) % names.length] ?? '')
}

/**
 * The paths that changed since this branch left origin/main, or on main itself since the previous commit, including changes that are not
 * committed. A shallow clone may have neither commit.
 * @param {Git} git
 * @returns {string[]} relative to the repository's root
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

/** @param {ReturnType<typeof chooseLanguages>} chosen */
export function describeChoice ({ first, changed, sample, left }) {
  const list = (/** @type {string[]} */ names) => names.length > 0 ? names.join(' ') : 'none'
  return `languages: first: ${first.length}; changed: ${list(changed)}; sample: ${list(sample)}` +
    (left.length > 0 ? `\nalso changed, but not tested in this run: npm run test:languages -- ${left.join(' ')}` : '')
}
