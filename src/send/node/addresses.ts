import { BlockList, isIP } from 'node:net'
import { SecurityError } from '../../errors.ts'

/** What the IANA registries of special-purpose IPv4 addresses keep from the public network, and where clouds put metadata. */
const REFUSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Global unicast; everything else is no public host: also what maps, translates or tunnels IPv4. */
const PUBLIC_IPV6 = ['2000::/3']

/** Within it: protocol assignments and Teredo, documentation, 6to4. */
const REFUSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const REFUSED: BlockList = blockList([...REFUSED_IPV4, ...REFUSED_IPV6])
const PUBLIC: BlockList = blockList(PUBLIC_IPV6)

/** Whether an address may be connected to. @internal */
export type AddressCheck = (address: string) => boolean

/**
 * Makes the check of addresses.
 * @param allow Addresses and subnets that may be reached although they are refused otherwise.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function createAddressCheck(allow: readonly string[]): AddressCheck {
  const allowed = blockList(allow)
  return (address) => {
    const family = isIP(address)
    // An address with a zone is link-local, and BlockList reads none.
    if (family === 0 || address.includes('%')) return false
    const type = family === 6 ? 'ipv6' : 'ipv4'
    if (allowed.check(address, type)) return true
    return !REFUSED.check(address, type) && (family === 4 || PUBLIC.check(address, type))
  }
}

/** @param subnets Such as `10.0.0.0/8`, `::1` or `127.0.0.1`. */
function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [address = '', prefix, ...rest] = typeof subnet === 'string' ? subnet.split('/') : []
    const family = isIP(address)
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix)
    const isPlain = family !== 0 && rest.length === 0 && (prefix === undefined || /^[0-9]{1,3}$/.test(prefix))
    if (!isPlain || bits > (family === 6 ? 128 : 32)) throw refuse()
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

function refuse(): SecurityError {
  const message = 'expected `allow` as addresses and subnets, such as `10.0.0.0/8` or `::1`'
  return new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'request' })
}
