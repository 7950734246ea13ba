import { readFileSync, statSync } from 'node:fs'

import { ConfigError } from '../config/config.js'
import { parseTokens, type ContentOptions, type ParsedTokens } from './token-file-content.js'
import type { TokenStore } from './token-store.js'

const MAX_BYTES = 4_194_304

interface FileParts extends ContentOptions {
  path: string
  store: TokenStore
  log: Record<'info' | 'warn' | 'error', (details: object | string, message?: string) => void>
}

/** The file in `API_TOKENS_FILE`. */
export class TokenFile {
  constructor (private readonly parts: FileParts) {}

  /** Reads the file into the store. @throws ConfigError if it is not valid; each line begins with the variable and the path */
  load (): void {
    const { path, store, log } = this.parts
    const { tokens, warnings } = withSource(`API_TOKENS_FILE (${path})`, () => this.#parse())
    store.replace(tokens)
    for (const warning of warnings) log.warn(`API_TOKENS_FILE: ${warning}`)
  }

  /** Reads the file again. If it is not valid, the previous tokens remain valid. */
  reload (): void {
    const { store, log } = this.parts
    const before = store.names
    try {
      this.load()
      const added = store.names.filter((name) => !before.includes(name))
      const removed = before.filter((name) => !store.names.includes(name))
      log.info({ tokens: store.names.length, added, removed }, 'tokens file read again')
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      log.error({ errors: error.errors }, 'the tokens file is not valid: the previous tokens remain valid')
    }
  }

  #parse (): ParsedTokens {
    return parseTokens(readText(this.parts.path), this.parts)
  }
}

/** Reading a FIFO would block the service. */
function readText (path: string): string {
  try {
    const { size, isFile } = describe(path)
    if (!isFile) throw new ConfigError(['must be a regular file'])
    if (size > MAX_BYTES) throw new ConfigError([`must have at most ${MAX_BYTES} bytes`])
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError([`must be a readable file (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`])
  }
}

function describe (path: string): { size: number, isFile: boolean } {
  const status = statSync(path)
  return { size: status.size, isFile: status.isFile() }
}

function withSource<T> (source: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.errors.map((line) => `${source}: ${line}`))
  }
}
