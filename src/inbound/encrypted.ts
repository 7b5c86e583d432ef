import type { GuardedRequest, GuardOptions } from './guard-options.ts'

/** A forwarded value counts from a trusted proxy only, and every proxy on the way must have seen https. @internal */
export function isEncrypted(
  { isSecure, remoteAddress, forwardedProto }: GuardedRequest,
  trustedProxies: GuardOptions['trustedProxies'],
): boolean {
  if (remoteAddress === null || trustedProxies === undefined) return isSecure
  // Servers that listen on both versions of IP show an IPv4 address as `::ffff:192.0.2.1`.
  const address = remoteAddress.replace(/^::ffff:(?=[0-9.]+$)/i, '')
  const isTrusted = typeof trustedProxies === 'function' ? trustedProxies(address) : trustedProxies.includes(address)
  const seen = forwardedProto.flatMap((value) => value.split(',')).map((value) => value.trim().toLowerCase())
  if (isTrusted !== true || seen.length === 0) return isSecure
  return seen.every((proto) => proto === 'https')
}

/**
 * Whether a text is an address as servers show it: any other spelling would never be met, and be trusted in vain. An IPv4
 * address stands without `::ffff:`; a zone may follow an IPv6 address.
 * @internal
 */
export function isAddress(text: string): boolean {
  const address = text.replace(/^(fe80:[^%]*)%[0-9A-Za-z._-]+$/, '$1')
  if (address.startsWith('::ffff:')) return false
  const host = address.includes(':') ? `[${address}]` : address
  return /^[0-9.]+$|:/.test(address) && URL.canParse(`http://${host}`) && new URL(`http://${host}`).host === host
}
