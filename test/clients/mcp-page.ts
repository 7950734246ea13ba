import { examplesOf } from '../engine/page-examples.js'

/** A server in the configuration file of a client. */
export interface ConfiguredServer {
  url?: string
  headers?: Record<string, string>
  command?: string
  args?: string[]
  env?: Record<string, string>
}

/** Returns the commands on docs/mcp.md. @param url the service that they connect to */
export function commands (url: string): string[] {
  return examplesOf('mcp.md', url, { language: 'sh' }).map(({ code }) => code)
}

/** Returns the servers in the configuration files on docs/mcp.md, with the values that the clients substitute. */
export function configuredServers (url: string, token: string): ConfiguredServer[] {
  return examplesOf('mcp.md', url, { language: 'json' }).map(({ code }) => {
    const text = code.replaceAll(/\$\{(env:|input:)?token\}/gi, token).replaceAll('Bearer TOKEN', `Bearer ${token}`)
    const { mcpServers, servers } = JSON.parse(text)
    return (mcpServers ?? servers).runonce
  })
}
