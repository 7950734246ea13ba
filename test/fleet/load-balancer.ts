import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { freePort } from '../engine/http-client.js'
import { RUN, TOKEN, until } from './machine.js'
import type { Test } from './run-engine.js'

const CONFIG = fileURLToPath(new URL('../../deploy/haproxy/haproxy.cfg', import.meta.url))
const run = promisify(execFile)

export interface Response { status: number, headers: Record<string, string>, text: string }

export interface RequestOptions {
  method?: string
  body?: object
  headers?: Record<string, string>
  agent?: https.Agent
}

interface BalancerOptions {
  /** Number of concurrent runs of each machine. */
  maxconn?: number
  /** Changes the configuration further. */
  change?: (config: string) => string
}

/** Runs HAProxy with deploy/haproxy/haproxy.cfg. */
export class LoadBalancer {
  /** The HAProxy log: requests and state changes of the machines. */
  log = ''

  constructor (readonly config: string, readonly port: number, private readonly proxiedPort: number, readonly certificate: string) {}

  /** Sends a request. @param target request target, sent unchanged */
  async request (target: string, { method = 'GET', body, agent, headers: more }: RequestOptions = {}): Promise<Response> {
    const headers = { host: 'localhost', authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more }
    const request = https.request({
      host: '127.0.0.1',
      port: this.port,
      path: target,
      method,
      headers,
      ca: this.certificate,
      servername: 'localhost',
      agent: agent ?? false
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = await once(request, 'response')
    let text = ''
    for await (const chunk of response) text += chunk
    return { status: response.statusCode, headers: response.headers, text }
  }

  async run (body: object = RUN): Promise<Response> {
    return await this.request('/run', { method: 'POST', body })
  }

  /** Sends `count` runs with `clients` concurrent clients. */
  async runs (count: number, clients: number, body: object = RUN): Promise<Response[]> {
    const responses: Response[] = []
    let left = count
    const client = async () => { while (left-- > 0) responses.push(await this.run(body)) }
    await Promise.all(Array.from({ length: clients }, client))
    return responses
  }

  /** Sends a command to the socket of HAProxy. Resolves with its output. */
  async command (line: string): Promise<string> {
    const socket = connect(this.config.replace('.cfg', '.sock')).setEncoding('utf8')
    socket.end(`${line}\n`)
    let output = ''
    for await (const chunk of socket) output += chunk
    return output.trim()
  }

  /** Returns a column of HAProxy's statistics. @param name backend and server, for example `runs/a` or `runs/BACKEND` */
  async statistic (name: string, column: string): Promise<string> {
    const [header = '', ...rows] = (await this.command('show stat')).split('\n')
    const row = rows.find((line) => line.startsWith(`${name.replace('/', ',')},`))?.split(',') ?? []
    return row[header.replace('# ', '').split(',').indexOf(column)] ?? ''
  }

  /** Returns an agent whose connections HAProxy attributes to the client address `address`. */
  agentFrom (address: string, maxSockets = 1): https.Agent {
    const agent = new https.Agent({ keepAlive: true, maxSockets })
    agent.createConnection = () => {
      const socket: Socket = connect(this.proxiedPort, '127.0.0.1')
      socket.write(`PROXY ${address.includes(':') ? 'TCP6' : 'TCP4'} ${address} ${address} 1000 443\r\n`)
      return connectTls({ socket, ca: this.certificate, servername: 'localhost' })
    }
    return agent
  }
}

/**
 * Starts HAProxy in front of machines and stops it after the test. Uses the deployed configuration file, except that the certificate path, the
 * ports, the server addresses and their maxconn differ, and that an additional port accepts client addresses with the PROXY protocol.
 */
export async function startLoadBalancer (t: Test, machines: ReadonlyArray<{ address: string }>, options: BalancerOptions = {}): Promise<LoadBalancer> {
  const folder = mkdtempSync(join(tmpdir(), 'runonce-fleet-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const certificate = await makeCertificate(folder)
  const [port = '', port6 = '', proxiedPort = ''] = [await freePort(), await freePort(), await freePort()]
  const config = join(folder, 'haproxy.cfg')
  writeFileSync(config, withServers(replaceAll(readFileSync(CONFIG, 'utf8'), {
    'bind :443 ssl': `bind 127.0.0.1:${proxiedPort} accept-proxy ssl crt ${folder}/runonce.pem alpn http/1.1\n    bind 127.0.0.1:${port} ssl`,
    'bind :::443': `bind ::1:${port6}`,
    '/etc/haproxy/runonce.pem': `${folder}/runonce.pem`,
    '/run/haproxy/runonce.sock': `${folder}/internal.sock`,
    '/run/haproxy/admin.sock': `${folder}/haproxy.sock`
  }), machines, options))
  const child = spawn('haproxy', ['-db', '-f', config], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const balancer = new LoadBalancer(config, Number(port), Number(proxiedPort), certificate)
  child.stdout.setEncoding('utf8').on('data', (text) => { balancer.log += text })
  await until(async () => (await balancer.request('/livez').catch(() => undefined))?.status === 200, 'HAProxy to respond')
  return balancer
}

/** Writes the certificate file for HAProxy, and returns the certificate. */
async function makeCertificate (folder: string): Promise<string> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate
  ])
  const pem = readFileSync(certificate, 'utf8')
  writeFileSync(join(folder, 'runonce.pem'), pem + readFileSync(key, 'utf8'), { mode: 0o600 })
  return pem
}

/** Replaces texts in the configuration. @throws Error if a text does not occur */
function replaceAll (text: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`haproxy.cfg no longer contains ${from}`)
    return result.replaceAll(from, to)
  }, text)
}

/** Replaces the servers of both backends. */
function withServers (config: string, machines: ReadonlyArray<{ address: string }>, { maxconn, change = (text) => text }: BalancerOptions): string {
  const replaced = config.replace(/^( +server) a 10\.0\.0\.11:8088 (.*)\n.* b 10\.0\.0\.12:8088 .*$/mg, (_lines, server: string, options: string) =>
    machines.map(({ address }, index) => {
      const name = 'abcdefgh'[index] ?? ''
      return `${server} ${name} ${address} ${options.replace('runs/a', `runs/${name}`).replace(/maxconn \d+/, (given) => maxconn === undefined ? given : `maxconn ${maxconn}`)}`
    }).join('\n'))
  if (replaced.includes('10.0.0.1')) throw new Error('haproxy.cfg no longer contains the servers a and b in two lines')
  return change(replaced)
}
