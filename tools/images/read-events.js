/**
 * Reads the engine's stream of JSON lines (from a build, pull or import) until it ends.
 * @param {AsyncIterable<Buffer | string>} stream
 * @param {(event: any) => void} [onEvent]
 * @throws Error with the engine's message if an event reports an error, or if the stream is interrupted
 */
export async function readEvents (stream, onEvent = () => {}) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) takeLine(line, onEvent)
  }
  takeLine(rest, onEvent)
}

/**
 * @param {string} line
 * @param {(event: any) => void} onEvent
 */
function takeLine (line, onEvent) {
  if (line.trim() === '') return
  const event = JSON.parse(line)
  if (event.error !== undefined || event.errorDetail !== undefined) {
    throw new Error(String(event.errorDetail?.message ?? event.error))
  }
  onEvent(event)
}
