import type { RunResult } from '../protocol/result.js'
import type { StreamEvent } from './api.js'
import { bytesOfBase64 } from './base64.js'
import { element } from './element.js'
import { imageUrl } from './image-url.js'
import { summaryOf } from './summary.js'

type Stream = 'stdout' | 'stderr'
type File = NonNullable<RunResult['files']>[number]

/** Shows the output and the result of a run. */
export class ResultView {
  readonly #status = element('status', HTMLElement)
  readonly #output = element('output', HTMLElement)
  readonly #files = element('files', HTMLElement)
  #hasOutput = false

  clear (): void {
    this.#hasOutput = false
    this.#output.replaceChildren()
    this.#files.replaceChildren()
  }

  status (text: string, { failed = false } = {}): void {
    this.#status.textContent = text
    this.#status.classList.toggle('failed', failed)
  }

  event (event: StreamEvent): void {
    switch (event.type) {
      case 'stdout':
      case 'stderr':
        this.#append(event.type, event.text ?? new TextDecoder().decode(bytesOfBase64(event.base64 ?? '')))
        break
      case 'build':
        this.#append('stdout', event.build.stdout)
        this.#append('stderr', event.build.stderr)
        break
      case 'result':
        this.#result(event.result)
        break
      case 'error':
        this.status(event.message, { failed: true })
    }
  }

  #result (result: RunResult): void {
    // Without streaming, the result contains the output.
    if (!this.#hasOutput) {
      this.#append('stdout', result.stdout)
      this.#append('stderr', result.stderr)
    }
    if (result.stdoutTruncated === true || result.stderrTruncated === true) this.#append('stderr', '\n[The output was truncated.]\n')
    for (const file of result.files ?? []) this.#files.append(figureOf(file))
    this.status(summaryOf(result), { failed: result.outcome !== 'completed' })
  }

  #append (stream: Stream, text: string): void {
    if (text === '') return
    this.#hasOutput = true
    const output = this.#output
    const followsEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 8
    const last = output.lastElementChild
    if (last?.className === stream) {
      last.append(text)
    } else {
      const part = document.createElement('span')
      part.className = stream
      part.textContent = text
      output.append(part)
    }
    if (followsEnd) output.scrollTop = output.scrollHeight
  }
}

/** An image, or the reason why it is missing. Images cannot run scripts, not even SVG. */
function figureOf (file: File): HTMLElement {
  const figure = document.createElement('figure')
  const caption = document.createElement('figcaption')
  const url = imageUrl(file)
  caption.textContent = url === undefined ? `${file.name}: ${file.error ?? `not returned (${file.size} bytes)`}` : file.name
  if (url !== undefined) {
    const image = document.createElement('img')
    image.src = url
    image.alt = `The file ${file.name}`
    figure.append(image)
  }
  figure.append(caption)
  return figure
}
