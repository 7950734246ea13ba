import { arch, cpus, endianness, totalmem } from 'node:os'

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { CompatParts } from '../compat-api.js'
import { doesNotExist } from './errors.js'
import { languageDetails, languagesOf } from './languages.js'
import { configInfo } from './limits.js'
import { AboutSchema, AllLanguagesSchema, ConfigSchema, errorSchemas, IdParams, LanguageSchema, LanguagesSchema, StatusesSchema, SystemSchema } from './schema.js'
import { STATUSES } from './statuses.js'

/** The version of Judge0 CE that introduced the newest of the language IDs. Clients use this version to choose IDs. */
const JUDGE0_VERSION = '1.14.0'
const BYTES_PER_GIBIBYTE = 2 ** 30
const tags = ['run']
const ERRORS = errorSchemas(401, 429)
const LOOKUP_ERRORS = errorSchemas(401, 429, 500)

/** Adds the routes for languages, statuses and configuration. */
export function addInformationRoutes (scope: FastifyInstance, { images, about, config, callbacks }: CompatParts): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()
  const languages = async () => languagesOf(await images.languages())

  typed.get('/languages', { schema: { summary: 'List the languages (Judge0)', tags, response: { 200: LanguagesSchema, ...LOOKUP_ERRORS } } },
    async () => (await languages()).filter(({ archived }) => !archived).map(({ id, name }) => ({ id, name })))

  typed.get('/languages/all', { schema: { summary: 'List all languages of Judge0 CE (Judge0)', tags, response: { 200: AllLanguagesSchema, ...LOOKUP_ERRORS } } },
    async () => (await languages()).map(({ id, name, archived }) => ({ id, name, is_archived: archived })))

  typed.get('/languages/:id', {
    schema: { summary: 'Get a language (Judge0)', tags, params: IdParams, response: { 200: LanguageSchema, ...LOOKUP_ERRORS, ...errorSchemas(404) } }
  }, async (request) => {
    const found = (await languages()).find(({ id }) => String(id) === request.params.id)
    if (found === undefined) throw doesNotExist()
    return languageDetails(found)
  })

  typed.get('/statuses', { schema: { summary: 'List the statuses (Judge0)', tags, response: { 200: StatusesSchema, ...ERRORS } } }, async () => STATUSES)

  typed.get('/about', { schema: { summary: 'Get the version of the API (Judge0)', tags, response: { 200: AboutSchema, ...ERRORS } } }, async () => ({
    version: JUDGE0_VERSION, homepage: 'https://judge0.com', source_code: 'https://github.com/judge0/judge0', maintainer: `${about.name} ${about.version}`
  }))

  typed.get('/config_info', { schema: { summary: 'Get the configuration (Judge0)', tags, response: { 200: ConfigSchema, ...ERRORS } } }, async () => configInfo(config, callbacks))

  typed.get('/system_info', { schema: { summary: 'Get information about the machine (Judge0)', tags, response: { 200: SystemSchema, ...ERRORS } } }, async () => systemInfo())

  scope.post('/authenticate', { schema: { summary: 'Check a token (Judge0)', tags, response: { 200: Type.Object({}, { description: 'The token is valid' }), ...ERRORS } } }, async () => ({}))
}

/** Returns some of the lines of lscpu(1) and free(1). */
function systemInfo (): Record<string, string> {
  const [cpu] = cpus()
  return {
    Architecture: arch() === 'x64' ? 'x86_64' : arch(),
    'Byte Order': endianness() === 'LE' ? 'Little Endian' : 'Big Endian',
    'CPU(s)': String(cpus().length),
    'Model name': cpu?.model ?? '',
    'CPU MHz': String(cpu?.speed ?? 0),
    Mem: `${(totalmem() / BYTES_PER_GIBIBYTE).toFixed(1)}G`
  }
}
