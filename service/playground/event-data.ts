const PREFIX = 'data: '

/**
 * Yields the data of server-sent events. The service writes the data of an event on one line.
 * @param body the body of a response with the type text/event-stream
 */
export async function * eventData (body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  // Safari cannot iterate a stream.
  const reader = body.getReader()
  let line: string[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const [first = '', ...more] = decoder.decode(value, { stream: true }).split('\n')
    line.push(first)
    for (const next of more) {
      const text = line.join('')
      if (text.startsWith(PREFIX)) yield text.slice(PREFIX.length)
      line = [next]
    }
  }
}
