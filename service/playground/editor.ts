import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, LanguageDescription, syntaxHighlighting } from '@codemirror/language'
import { languages } from '@codemirror/language-data'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

import type { Language } from './api.js'

/** The colors are custom properties in style.css, so that they follow the color scheme. */
const HIGHLIGHTING = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: 'var(--keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character], color: 'var(--string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.escape, tags.constant(tags.name)], color: 'var(--number)' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--comment)' },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName), tags.tagName, tags.heading], color: 'var(--definition)' },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.attributeName, tags.standard(tags.name)], color: 'var(--type)' }
])

const THEME = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', border: '1px solid var(--border)', borderRadius: '4px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { font: '0.9rem/1.45 ui-monospace, monospace' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--surface)', borderRightColor: 'var(--border)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 10%, transparent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)' }
})

/**
 * Replaces the selection with typed text. Chromium would give the text the style of the replaced text as an inline style, which the
 * Content-Security-Policy does not allow.
 */
const TYPE_OVER_SELECTION = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.data === null || view.state.selection.main.empty) return false
    view.dispatch(view.state.update(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: 'input.type' }))
    return true
  }
})

/**
 * The editor for the program. It is in a shadow tree, where CodeMirror adopts its style sheets: the Content-Security-Policy of the page
 * does not allow inline styles.
 */
export class Editor {
  readonly #view: EditorView
  readonly #highlighting = new Compartment()
  #language: Language | undefined

  constructor (host: HTMLElement) {
    const root = host.attachShadow({ mode: 'open' })
    this.#view = new EditorView({ root, parent: root, state: this.#stateOf('', []) })
  }

  get code (): string { return this.#view.state.doc.toString() }

  /** Replaces the program and clears the undo history. */
  show (language: Language, code: string): void {
    this.#language = language
    this.#view.setState(this.#stateOf(code, []))
    const description = highlightingOf(language)
    void description?.load().then((support) => {
      if (this.#language === language) this.#view.dispatch({ effects: this.#highlighting.reconfigure(support) })
    }, () => {
      // If the file of the language cannot be loaded, the program is not highlighted.
    })
  }

  #stateOf (doc: string, support: Extension): EditorState {
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), history(), bracketMatching(), indentOnInput(), indentUnit.of('    '),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        syntaxHighlighting(HIGHLIGHTING), THEME, TYPE_OVER_SELECTION, this.#highlighting.of(support),
        EditorView.contentAttributes.of({ 'aria-label': 'Program', tabindex: '0', spellcheck: 'false', autocapitalize: 'off' })
      ]
    })
  }
}

/** Returns the mode for a language by its names, or else by the suffix of its main file. */
function highlightingOf ({ name, aliases, main }: Language): LanguageDescription | null {
  // Files of Prolog have the suffix of Perl.
  if (name === 'prolog') return null
  const byName = [name, ...aliases].map((each) => LanguageDescription.matchLanguageName(languages, each, false)).find((each) => each !== null)
  return byName ?? LanguageDescription.matchFilename(languages, main)
}
