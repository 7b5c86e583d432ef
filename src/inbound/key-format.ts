import { utf8 } from '../bytes.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 12
const SECRET_LENGTH = 30
const CHECKSUM_LENGTH = 6

/** What a prefix looks like: `[a-z][a-z0-9]{1,15}`. @internal */
export const KEY_PREFIX: RegExp = /^[a-z][a-z0-9]{1,15}$/

/** What an id looks like. */
const KEY_ID: RegExp = /^[0-9A-Za-z]{12}$/

/** A key in its parts. @internal */
export interface KeyParts {
  /** Public: it stands in records and logs. */
  readonly id: string
  /** The whole text of the key. */
  readonly text: string
}

/**
 * Makes a new key: `<prefix>_<id><…>` as `<prefix>_<12-character id>_<30-character secret><6-character CRC32>`, base62.
 *
 * The 30 random characters hold 178 bits, so that a plain hash of the key suffices to keep it (NIST SP 800-63B, 5.1.2.2).
 * @internal
 */
export function makeKey(prefix: string): KeyParts {
  const id = randomText(ID_LENGTH)
  const body = `${prefix}_${id}_${randomText(SECRET_LENGTH)}`
  return { id, text: body + checksum(body) }
}

/**
 * Reads the parts of a presented key; `null` for anything that was never issued under the prefix: a typo costs no look-up
 * (T81).
 * @internal
 */
export function parseKey(text: string, prefix: string): KeyParts | null {
  const id = publicKeyId(text, prefix)
  if (id === null || text.length !== prefix.length + 2 + ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH) return null
  const body = text.slice(0, -CHECKSUM_LENGTH)
  return checksum(body) === text.slice(-CHECKSUM_LENGTH) ? { id, text } : null
}

/** The public part alone, where the rest must not be looked at. @internal */
export function publicKeyId(text: string, prefix: string): string | null {
  if (!text.startsWith(`${prefix}_`) || !/^[0-9A-Za-z_]+$/.test(text)) return null
  const [id = '', secret, ...rest] = text.slice(prefix.length + 1).split('_')
  return KEY_ID.test(id) && secret !== undefined && rest.length === 0 ? id : null
}

/** Base62 without bias: bytes beyond the last whole multiple of 62 are thrown away. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 248 && text.length < length) text += DIGITS[byte % 62]
    }
  }
  return text
}

function checksum(text: string): string {
  let rest = crc32(utf8(text))
  let digits = ''
  while (digits.length < CHECKSUM_LENGTH) {
    digits = DIGITS.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** The CRC-32 of IEEE 802.3, whose check value is cbf43926. @internal */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})
