import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A server in the configuration file of a client. */
export interface ConfiguredServer {
  url?: string
  headers?: Record<string, string>
  command?: string
  args?: string[]
  env?: Record<string, string>
}

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/mcp.md', import.meta.url)), 'utf8')

/** Returns the commands on docs/mcp.md. @param url the service that they connect to */
export function commands (url: string): string[] {
  return blocks('sh').map((block) => block.replaceAll('http://127.0.0.1:8088', url))
}

/** Returns the servers in the configuration files on docs/mcp.md, with the values that the clients substitute. */
export function configuredServers (url: string, token: string): ConfiguredServer[] {
  return blocks('json').map((block) => {
    const text = block.replaceAll('http://127.0.0.1:8088', url).replaceAll(/\$\{(env:|input:)?token\}/gi, token).replaceAll('Bearer TOKEN', `Bearer ${token}`)
    const { mcpServers, servers } = JSON.parse(text)
    return (mcpServers ?? servers).runonce
  })
}

function blocks (language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block)
}
