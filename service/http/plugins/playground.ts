import { fileURLToPath } from 'node:url'

import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

import { addPageHeaders } from './page-headers.js'

/** The files that `npm run build` bundles. */
const FILES = fileURLToPath(new URL('../../playground/', import.meta.url))

/** Serves `/playground`, a web page that runs programs with `POST /run`. */
export async function addPlayground (app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    await addPageHeaders(scope)
    // The page refers to its files and to the API with relative URLs, so that a proxy can add a prefix to the path.
    scope.get('/playground', { schema: { hide: true } as object }, async (_request, reply) => await reply.redirect('playground/'))
    await scope.register(fastifyStatic, { root: FILES, prefix: '/playground/', decorateReply: false })
  })
}
