import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { Agent, buildConnector, type Dispatcher, fetch as undiciFetch } from 'undici'
import { SecurityError } from '../../errors.ts'
import { isString, readOptions } from '../../read-options.ts'
import { ownCause } from '../failure.ts'
import { type AddressCheck, createAddressCheck } from './addresses.ts'

/** How an egress guard decides. */
export interface EgressGuardOptions {
  /** Addresses and subnets that may be reached although they are refused otherwise: `10.20.0.0/16`, `127.0.0.1`. Default none. */
  readonly allow?: readonly string[]
  /** Resolves the name of a host, as `dns.lookup` does, which is the default. */
  readonly lookup?: LookupFunction
  /** What TLS connections trust and show, as for `tls.createSecureContext`. Default: Node's own. */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase'>
}

/** Connects to public addresses only. */
export interface EgressGuard {
  /** For undici: `request(url, { dispatcher })`, or `dispatcher.compose(…)`. */
  readonly dispatcher: Dispatcher
  /** A `fetch` over the dispatcher, for tools and token endpoints. */
  readonly fetch: typeof fetch
  /** Ends its connections. */
  close(): Promise<void>
}

const GUARD_OPTIONS = {
  allow: (value: unknown) => Array.isArray(value) && { copy: value.map(String) },
  lookup: (value: unknown) => typeof value === 'function',
  tls: (value: unknown) => typeof value === 'object' && value !== null,
}

/**
 * Makes a guard against requests to a network's inside (T46): what it connects to is checked, not what a URL says.
 *
 * A payload may bring a tool of any URL, and a name may resolve to a public address when it is checked and to another one when
 * it is used. The guard checks the very address that is connected to, for each connection, redirects included. Refused
 * are loopback, private, shared, link-local, metadata, multicast, reserved and unspecified addresses, IPv6 addresses that
 * are not global unicast, and those that map, translate or tunnel IPv4. Proxies are not supported: the check
 * would see the proxy.
 *
 * Needs the package `undici`.
 *
 * @param options What may be reached none the less, and how names are resolved.
 * @returns A dispatcher and a `fetch`. A refused request fails with a {@link core.SecurityError} of code `ERR_ADDRESS_REFUSED`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options.
 * @example
 * const { fetch } = createEgressGuard()
 * const latchkey = createLatchkey({ fetch, tokenCache, credentialStore })
 */
export function createEgressGuard(options: EgressGuardOptions = {}): EgressGuard {
  const {
    allow = [],
    lookup = systemLookup as LookupFunction,
    tls = {},
  } = readOptions<EgressGuardOptions>(options, GUARD_OPTIONS)
  const mayConnect = createAddressCheck(allow)
  const connect = buildConnector({ ...tls, lookup: guardLookup(lookup, mayConnect) } as buildConnector.BuildOptions)
  const dispatcher = new Agent({ connect: guardConnector(connect, mayConnect) })
  return { dispatcher, fetch: fetchOver(dispatcher), close: () => dispatcher.close() }
}

/** Leaves out what may not be connected to, so that no packet goes there. */
function guardLookup(lookup: LookupFunction, mayConnect: AddressCheck): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error !== null) return callback(error, [])
      const addresses = isString(found) ? [{ address: found, family: family ?? isIP(found) }] : found
      const [first, ...others] = addresses.filter(({ address }) => mayConnect(address))
      if (first === undefined) return callback(addresses.length === 0 ? notFound() : refused(), [])
      if (options.all === true) return callback(null, [first, ...others])
      return callback(null, first.address, first.family)
    })
  }
}

/** Checks an address in the URL before, and whatever was connected to afterwards, before anything is sent. @internal */
export function guardConnector(connect: buildConnector.connector, mayConnect: AddressCheck): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, (_, address: string) => address)
    if (isIP(host) !== 0 && !mayConnect(host)) return callback(refused(), null)
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      if (mayConnect(socket.remoteAddress ?? '')) return callback(null, socket)
      socket.destroy()
      return callback(refused(), null)
    })
  }
}

function refused(): SecurityError {
  return new SecurityError('ERR_ADDRESS_REFUSED')
}

function notFound(): Error {
  return Object.assign(new Error('no address'), { code: 'ENOTFOUND' })
}

function fetchOver(dispatcher: Dispatcher): typeof fetch {
  return async (input, init) => {
    // The platform reads its own arguments; the two kinds of Request and Response do not know each other.
    const asked = new Request(input, init)
    const body = asked.body === null ? null : new Uint8Array(await asked.arrayBuffer())
    const { method, redirect, signal } = asked
    const outgoing = { method, headers: [...asked.headers], body, redirect, signal, dispatcher }
    const answer = await undiciFetch(asked.url, outgoing).catch((error: unknown) => {
      throw ownCause(error) ?? error
    })
    const { status, statusText, headers } = answer
    return new Response(answer.body as ReadableStream | null, { status, statusText, headers: [...headers] })
  }
}
