import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

import ipaddr from 'ipaddr.js'

import { invalidRequest } from '../errors.js'

type Network = ReturnType<typeof ipaddr.parseCIDR>

/** The only IPv6 addresses that are public (RFC 4291, section 2.4). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/** Decides to which URLs and addresses webhooks are sent. */
export class WebhookTargets {
  readonly #hosts: string[]
  readonly #networks: Network[]

  /** @param allow the list in `WEBHOOK_ALLOW` */
  constructor (allow: string[]) {
    const networks = allow.map(networkOf)
    this.#networks = networks.filter((network) => network !== undefined)
    this.#hosts = allow.filter((_entry, index) => networks[index] === undefined).map((host) => host.toLowerCase())
  }

  get enabled (): boolean { return this.#hosts.length + this.#networks.length > 0 }

  /**
   * @param member the name of the URL in messages
   * @throws ServiceError `request.invalid` if no webhook may be sent to this URL
   */
  check (text: string, member = 'webhook'): void {
    if (!this.enabled) throw invalidRequest(`${member} is not supported: WEBHOOK_ALLOW names no hosts`)
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalidRequest(`${member} must be a URL that begins with https:// or http://`)
    if (url.username !== '' || url.password !== '') throw invalidRequest(`${member} must not contain a user name or password`)
    if (!this.allowsHost(url)) throw invalidRequest(`${member}: the host ${JSON.stringify(url.hostname)} is not in WEBHOOK_ALLOW`)
  }

  /** Whether the host is in the list. The addresses of a name are checked when the connection is made. */
  allowsHost ({ hostname }: URL): boolean {
    const host = hostname.replace(/^\[|\]$|\.$/g, '')
    if (ipaddr.isValid(host)) return this.#isNamed(ipaddr.process(host))
    return this.#hosts.some((pattern) => pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern)
  }

  /** Whether an address is public or in the list. */
  allowsAddress (text: string): boolean {
    if (!ipaddr.isValid(text)) return false
    // Converts an IPv4-mapped address to IPv4.
    const address = ipaddr.process(text)
    return this.#isNamed(address) || (address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, GLOBAL_IPV6)))
  }

  /** Resolves a name for a connection, so that the checked address is the one that is used. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = (addresses ?? []).filter(({ address }) => this.allowsAddress(address))
      const [first] = allowed
      if (error !== null) callback(error, '')
      else if (first === undefined) callback(Object.assign(new Error(`${hostname} has no address to which webhooks may be sent`), { code: 'address_not_allowed' }), '')
      else if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }

  #isNamed (address: Network[0]): boolean {
    return this.#networks.some((network) => isIn(address, network))
  }
}

function networkOf (entry: string): Network | undefined {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry)
  if (!ipaddr.isValid(entry)) return undefined
  const address = ipaddr.process(entry)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

function isIn (address: Network[0], [network, prefix]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, prefix)
}
