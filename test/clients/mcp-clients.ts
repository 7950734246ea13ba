import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { arch } from 'node:process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { TOKEN } from '../engine/kit.js'
import type { ConfiguredServer } from './mcp-page.js'
import { npmWith } from './npm-client.js'

interface Content { type: string, text?: string, data?: string, mimeType?: string, resource?: { uri: string, text: string } }

export interface ToolResult {
  content: Content[]
  isError?: boolean
  structuredContent?: { outcome?: string, stdout?: string, [member: string]: unknown }
}

interface CallOptions {
  onprogress?: (progress: { progress: number, message?: string }) => void
  signal?: AbortSignal
}

interface Tool { name: string, title?: string, description?: string, inputSchema: object, outputSchema?: object }

export interface McpClient {
  listTools (): Promise<{ tools: Tool[] }>
  /** @throws Error if the structured content does not match the output schema of the tool */
  call (name: string, args: object, options?: CallOptions): Promise<ToolResult>
  close (): Promise<void>
}

/** The members of both versions of the SDK that the tests use. */
interface SdkClient extends Omit<McpClient, 'call'> {
  connect (transport: object): Promise<void>
  callTool (params: object, ...options: unknown[]): Promise<ToolResult>
}

interface Sdk {
  Client: new (info: { name: string, version: string }, options?: object) => SdkClient
  StreamableHTTPClientTransport: new (url: URL, options: object) => object
  StdioClientTransport: new (options: object) => object
}

const INFO = { name: 'test', version: '1' }
const HEADERS: Record<string, string> = { authorization: `Bearer ${TOKEN}` }
const FIRST_SDK = '@modelcontextprotocol/sdk@1.32.2'
const SECOND_SDK = '@modelcontextprotocol/client@2.4.0'
const BRIDGE = 'mcp-remote@0.15.1'
const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0'
/** The inspector needs Node 22. The package contains the binary. */
const NODE = `node-linux-${arch}@24.22.3`

/** Connects version 1 of the SDK, which speaks the protocol versions up to 2025-11-25. */
export async function firstSdk (url: string, headers = HEADERS): Promise<McpClient> {
  const client = await firstSdkFolder()
  const sdk = { ...await load(join(client, 'index.js')), ...await load(join(client, 'streamableHttp.js')) }
  return await connect(new sdk.Client(INFO), new sdk.StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }), firstArguments)
}

/** Connects version 2 of the SDK with the protocol version 2026-07-28. */
export async function secondSdk (url: string): Promise<McpClient> {
  const sdk = await load(join(await npmWith(SECOND_SDK), '@modelcontextprotocol', 'client', 'dist', 'index.mjs'))
  const client = new sdk.Client(INFO, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  return await connect(client, new sdk.StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: HEADERS } }), (params, options) => [params, options])
}

/**
 * Connects version 1 of the SDK to a command that forwards to the service.
 * @param home the folder in which the command may write its settings
 */
export async function bridged ({ args = [], env = {} }: ConfiguredServer, home: string): Promise<McpClient> {
  const client = await firstSdkFolder()
  const sdk = { ...await load(join(client, 'index.js')), ...await load(join(client, 'stdio.js')) }
  const script = join(await npmWith(BRIDGE), 'mcp-remote', 'dist', 'proxy.js')
  const transport = new sdk.StdioClientTransport({
    command: process.execPath, args: [script, ...args.slice(args.indexOf('mcp-remote') + 1)], env: { PATH: process.env.PATH, HOME: home, ...env }, stderr: 'ignore'
  })
  return await connect(new sdk.Client(INFO), transport, firstArguments)
}

/** Runs the inspector and returns the JSON that it prints. @param home the folder in which it may write its settings */
export async function inspector (home: string, args: string[]): Promise<unknown> {
  const modules = await npmWith(INSPECTOR, NODE)
  const node = join(modules, NODE.replace(/@.*/, ''), 'bin', 'node')
  const script = join(modules, '@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js')
  const { stdout } = await promisify(execFile)(node, [script, '--cli', ...args], { env: { PATH: process.env.PATH, HOME: home } })
  return JSON.parse(stdout)
}

async function load (path: string): Promise<Sdk> {
  return await import(pathToFileURL(path).href)
}

async function firstSdkFolder (): Promise<string> {
  return join(await npmWith(FIRST_SDK), '@modelcontextprotocol', 'sdk', 'dist', 'esm', 'client')
}

/** Returns the arguments of `callTool` in version 1. */
const firstArguments = (params: object, options?: CallOptions): [object, ...unknown[]] => [params, undefined, options]

async function connect (client: SdkClient, transport: object, args: typeof firstArguments): Promise<McpClient> {
  await client.connect(transport)
  return {
    listTools: async () => await client.listTools(),
    call: async (name, sent, options) => await client.callTool(...args({ name, arguments: sent }, options)),
    close: async () => await client.close()
  }
}
