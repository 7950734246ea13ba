import type { CallToolResult } from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'

import type { CompatParts } from '../compat-api.js'
import { validArguments } from './arguments.js'
import { ListLanguagesSchema, type Languages } from './tools.js'

/** @throws ServiceError */
export async function listLanguages ({ request, parts }: { request: FastifyRequest, parts: CompatParts }, sent: unknown): Promise<CallToolResult> {
  validArguments(request, ListLanguagesSchema, sent)
  const present = await parts.images.languages()
  const languages: Languages['languages'] = present.flatMap(({ language }) => language === undefined
    ? []
    : [{ name: language.name, aliases: language.aliases, version: language.version, mainFile: language.main }])
  return { content: [{ type: 'text', text: textOf(languages) }], structuredContent: { languages } }
}

function textOf (languages: Languages['languages']): string {
  if (languages.length === 0) return 'No language is available.'
  return languages.map(({ name, aliases, version, mainFile }) => `${[name, ...aliases].join(', ')}: version ${version}, main file ${mainFile}`).join('\n')
}
