import type { Test } from 'tap'

import type { Answer } from './kit.js'

/** Asserts the format of an error response, and that it does not contain internal details. */
export function isError (t: Test, { status, headers, body }: Answer, expected: number, slug: string): void {
  t.equal(status, expected)
  t.match(body, { error: slug, message: /./ })
  t.match(headers.get('x-request-id'), /./)
  t.notMatch(JSON.stringify(body), /node_modules|\.ts:|\.js:|\/root\/|docker\.sock|test-7c1f0a9d4b/)
}
