import http from 'node:http'

/**
 * Sends a request and reads the complete response.
 * @param {http.RequestOptions} options
 * @param {string} [body]
 * @returns {Promise<{status: number, headers: http.IncomingHttpHeaders, text: string}>}
 */
export function httpRequest (options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('timeout', () => request.destroy(new Error(`no response within ${Number(options.timeout) / 1000} s`)))
    request.on('error', reject)
    request.end(body)
  })
}

/**
 * Returns the headers for a JSON body.
 * @param {string} body
 * @returns {Record<string, string | number>} headers for a request with this JSON body
 */
export function jsonHeaders (body) {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
}
