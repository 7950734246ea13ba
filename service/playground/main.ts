import { ApiError, listLanguages, run, type Language, type Program } from './api.js'
import { Editor } from './editor.js'
import { element } from './element.js'
import { fromFragment, toFragment } from './link.js'
import { ResultView } from './result-view.js'
import { TokenDialog } from './token.js'

const FIRST_LANGUAGE = 'python'
const UNAUTHORIZED = 401

/** Connects the elements of the page. */
class Playground {
  readonly #languages: Language[]
  readonly #editor = new Editor(element('editor', HTMLElement))
  readonly #select = element('language', HTMLSelectElement)
  readonly #stdin = element('stdin', HTMLTextAreaElement)
  readonly #run = element('run', HTMLButtonElement)
  readonly #cancel = element('cancel', HTMLButtonElement)
  readonly #tokens = new TokenDialog()
  readonly #view: ResultView
  /** The edited programs of the languages that are not selected. */
  readonly #drafts = new Map<string, string>()
  #selected: Language
  #running: AbortController | undefined

  constructor (languages: Language[], first: Language, view: ResultView) {
    this.#languages = languages
    this.#view = view
    this.#selected = first
    this.#select.append(...languages.map(({ name, version }) => new Option(`${name} ${version}`, name)))
    this.#show(first, first.hello)
    this.#listen()
  }

  /** Shows the program in the fragment of the address. The program does not run until the user starts it. */
  async openLink (): Promise<void> {
    const shared = await fromFragment(location.hash.slice(1))
    if (shared === undefined) return
    const language = this.#languages.find(({ name }) => name === shared.language)
    if (language === undefined) this.#view.status(`The language ${shared.language} is not available.`, { failed: true })
    else this.#show(language, shared.code)
  }

  #listen (): void {
    this.#select.addEventListener('change', () => this.#selectLanguage())
    this.#run.addEventListener('click', () => { void this.#start() })
    this.#cancel.addEventListener('click', () => this.#running?.abort())
    element('link', HTMLButtonElement).addEventListener('click', () => { void this.#copyLink() })
    element('change-token', HTMLButtonElement).addEventListener('click', () => { void this.#tokens.ask() })
    window.addEventListener('hashchange', () => { void this.openLink() })
    // The capture phase precedes the editor, in which Ctrl-Enter inserts a line.
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      event.stopPropagation()
      void this.#start()
    }, { capture: true })
  }

  #selectLanguage (): void {
    const language = this.#languages.find(({ name }) => name === this.#select.value)
    if (language === undefined) return
    this.#drafts.set(this.#selected.name, this.#editor.code)
    this.#show(language, this.#drafts.get(language.name) ?? language.hello)
  }

  #show (language: Language, code: string): void {
    this.#selected = language
    this.#select.value = language.name
    this.#editor.show(language, code)
  }

  /** Runs the program. Asks for the token until the service accepts it. */
  async #start (): Promise<void> {
    if (this.#running !== undefined) return
    const running = this.#running = new AbortController()
    const program = { language: this.#selected, code: this.#editor.code, stdin: this.#stdin.value }
    let token = await this.#tokens.get()
    this.#cancel.disabled = false
    while (token !== undefined && await this.#stream(program, token, running.signal) === 'unauthorized') {
      token = await this.#tokens.ask('The service rejected this token.')
    }
    if (document.activeElement === this.#cancel) this.#run.focus()
    this.#cancel.disabled = true
    this.#running = undefined
  }

  async #stream (program: Program, token: string, signal: AbortSignal): Promise<'unauthorized' | 'ended'> {
    this.#view.clear()
    this.#view.status('running …')
    try {
      for await (const event of run(program, token, signal)) this.#view.event(event)
    } catch (error) {
      this.#view.status(signal.aborted ? 'cancelled' : messageOf(error), { failed: true })
      if (error instanceof ApiError && error.status === UNAUTHORIZED) return 'unauthorized'
    }
    return 'ended'
  }

  async #copyLink (): Promise<void> {
    const fragment = await toFragment({ language: this.#selected.name, code: this.#editor.code })
    history.replaceState(null, '', `#${fragment}`)
    // Browsers provide the clipboard only to pages from HTTPS or the loopback address.
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false) ?? false
    this.#view.status(copied ? 'The link was copied.' : 'The address of this page is the link.')
  }
}

function messageOf (error: unknown): string {
  if (error instanceof ApiError) return error.message
  return 'The connection to the service failed.'
}

const view = new ResultView()
try {
  const languages = await listLanguages()
  const first = languages.find(({ name }) => name === FIRST_LANGUAGE) ?? languages[0]
  if (first === undefined) view.status('The service has no images of languages.', { failed: true })
  else await new Playground(languages, first, view).openLink()
} catch (error) {
  view.status(messageOf(error), { failed: true })
}
