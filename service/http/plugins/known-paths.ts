import type { FastifyInstance } from 'fastify'

import { matchesAnyPath } from './cors.js'

interface KnownPath {
  pattern: string
  /** The HTTP methods that the routes with this pattern support. */
  methods: string[]
}

/** Returns a function that looks up a path among the routes that are added after this call, regardless of their methods. */
export function trackPaths (app: FastifyInstance): (path: string) => KnownPath | undefined {
  const paths = new Map<string, { matches: RegExp, methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    if (matchesAnyPath({ routeOptions: { url } })) return
    const known = paths.get(url) ?? { matches: matcherOf(url), methods: new Set<string>() }
    // Fastify adds a HEAD route for each GET route, and for some GET routes it reports only the HEAD route.
    for (const one of [method].flat().flatMap((each) => each === 'HEAD' ? ['GET', each] : [each])) known.methods.add(one)
    paths.set(url, known)
  })
  return (path) => {
    const exact = paths.get(path)
    const found = exact === undefined ? [...paths].filter(([, { matches }]) => matches.test(decoded(path))) : [[path, exact] as const]
    const [first] = found
    return first && { pattern: first[0], methods: [...new Set(found.flatMap(([, { methods }]) => [...methods]))] }
  }
}

/** Converts a route pattern to a regular expression. Supports the subset of find-my-way's syntax that the routes use. */
function matcherOf (pattern: string): RegExp {
  const source = pattern.split('/').map((part) => part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('/')}$`)
}

function decoded (path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
