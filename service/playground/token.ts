import { element } from './element.js'

const KEY = 'runonce-token'

/** The access token. The page asks for it once and keeps it in the session storage of its tab. */
export class TokenDialog {
  readonly #dialog = element('token-dialog', HTMLDialogElement)
  readonly #input = element('token', HTMLInputElement)
  readonly #message = element('token-message', HTMLElement)
  #resolve: (token: string | undefined) => void = () => {}

  constructor () {
    this.#dialog.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault()
      sessionStorage.setItem(KEY, this.#input.value)
      this.#close(this.#input.value)
    })
    element('token-cancel', HTMLButtonElement).addEventListener('click', () => this.#close(undefined))
    this.#dialog.addEventListener('cancel', () => this.#close(undefined))
  }

  /** Returns the stored token, or asks for it. @returns undefined if the user cancels the dialog */
  async get (): Promise<string | undefined> {
    return sessionStorage.getItem(KEY) ?? await this.ask()
  }

  /** Forgets the stored token and asks for another one. @param message the reason, if there is one */
  async ask (message = ''): Promise<string | undefined> {
    this.#close(undefined)
    sessionStorage.removeItem(KEY)
    this.#message.textContent = message
    this.#input.value = ''
    this.#dialog.showModal()
    this.#input.focus()
    return await new Promise((resolve) => { this.#resolve = resolve })
  }

  #close (token: string | undefined): void {
    this.#dialog.close()
    this.#input.value = ''
    this.#resolve(token)
  }
}
