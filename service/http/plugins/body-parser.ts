import { isUtf8 } from 'node:buffer'

import type { FastifyInstance } from 'fastify'

import { compressedBody, invalidRequest } from '../../errors.js'
import { tooIntricate } from '../../protocol/json-bounds.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's text as it came. */
    bodyText: string
  }
}

/**
 * Parses JSON bodies, and keeps their text for what has to be passed on as it came. A member `__proto__` is a member
 * like any other: JSON.parse gives it to the object itself, and nothing copies it by assignment.
 */
export function addBodyParser (app: FastifyInstance): void {
  app.decorateRequest('bodyText', '')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) {
      done(invalidRequest('The body is empty, and a JSON object is expected'))
    } else if (!isUtf8(body)) {
      done(invalidRequest('The body is not UTF-8'))
    } else {
      const fault = tooIntricate(body)
      if (fault !== undefined) {
        done(invalidRequest(`The body ${fault}`))
        return
      }
      request.bodyText = body.toString('utf8')
      parse(request.bodyText, done)
    }
  })
}

/** Refuses a body that came compressed before it is read. Call where the token has been checked. */
export function refuseCompressed (scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding.split(',').every((coding) => /^\s*(identity)?\s*$/i.test(coding))) {
      done()
      return
    }
    // What would be taken (RFC 9110, section 12.5.3).
    void reply.header('accept-encoding', 'identity')
    done(compressedBody())
  })
}

function parse (text: string, done: (error: Error | null, value?: unknown) => void): void {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    done(invalidRequest(`The body is not JSON: ${(error as Error).message}`))
    return
  }
  done(null, value)
}

/**
 * The text of one member of a JSON object, exactly as it stands there. Of two members of one name the last counts, as
 * in JSON.parse. Reads well-formed JSON only, and without recursion: how deep it is nested is the client's choice.
 */
export function memberText (json: string, name: string): string | undefined {
  let found: string | undefined
  let key: string | undefined
  let valueAt = 0
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"': {
        const end = stringEnd(json, at)
        if (depth === 1) key ??= JSON.parse(json.slice(at, end)) as string
        at = end - 1
        break
      }
      case ':':
        if (depth === 1) valueAt = at + 1
        break
      case '{':
      case '[':
        depth++
        break
      case '}':
      case ']':
      case ',':
        if (depth === 1) {
          if (key === name) found = json.slice(valueAt, at).trim()
          key = undefined
        }
        if (json[at] !== ',') depth--
    }
  }
  return found
}

/** Where the string that begins at `start` is over: behind the first quote that no odd number of backslashes escapes. */
function stringEnd (json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return json.length
}
