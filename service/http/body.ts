import { isUtf8 } from 'node:buffer'

import type { FastifyInstance } from 'fastify'
import { parseTree } from 'jsonc-parser'

import { invalidRequest } from '../errors.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's text as it came. */
    bodyText: string
  }
}

/** Parses JSON bodies, and keeps their text for what has to be passed on as it came. */
export function addBodyParser (app: FastifyInstance): void {
  app.decorateRequest('bodyText', '')
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (!isUtf8(body)) {
      done(invalidRequest('The body is not UTF-8'))
      return
    }
    request.bodyText = body.toString('utf8')
    void parseJson(request, request.bodyText, (error, value) => {
      if (error instanceof SyntaxError) done(invalidRequest(`The body is not JSON: ${error.message}`))
      else done(error, value)
    })
  })
}

/** The text of one member of a JSON object, exactly as it stands there. Of two members of one name the last counts, as in JSON.parse. */
export function memberText (json: string, name: string): string | undefined {
  const object = parseTree(json)
  const member = object?.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1]
  return member === undefined ? undefined : json.slice(member.offset, member.offset + member.length)
}
