/** How bytes are written as text. */
export type ByteEncoding = 'hex' | 'base64' | 'base64url'

/** @internal */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Writes bytes as text; base64url without padding. @internal */
export function encodeBytes(bytes: Uint8Array, encoding: ByteEncoding): string {
  if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  const base64 = btoa(binary)
  return encoding === 'base64' ? base64 : base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const ALPHABETS: Record<ByteEncoding, RegExp> = {
  hex: /^(?:[0-9a-f]{2})*$/,
  base64: /^[A-Za-z0-9+/]*={0,2}$/,
  base64url: /^[A-Za-z0-9_-]*$/,
}

/**
 * Reads bytes from text; `null` for anything but the one canonical spelling: lower-case hex, padded base64, unpadded
 * base64url, no spare bits set, nothing before or behind (T74).
 * @internal
 */
export function decodeBytes(text: string, encoding: ByteEncoding): Uint8Array<ArrayBuffer> | null {
  if (!ALPHABETS[encoding].test(text)) return null
  if (encoding === 'hex') return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (encoding === 'base64' ? text.length % 4 !== 0 : text.length % 4 === 1) return null
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )
  // The last character has spare bits: other spellings of the same bytes are refused.
  return encodeBytes(bytes, encoding) === text ? bytes : null
}

/** Joins pieces of bytes. @internal */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}

/** Compares without telling by its time where two texts of bytes differ; lengths are no secret. @internal */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (const [index, byte] of a.entries()) difference |= byte ^ Number(b[index])
  return difference === 0
}
