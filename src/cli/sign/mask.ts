import { utf8 } from '../../bytes.ts'
import { decodeSecret } from '../../kinds/signature-secret.ts'
import { hidesSecret, scrubText } from '../../send/scrub-text.ts'
import type { HmacForm } from '../../types.ts'
import { printable } from '../terminal/printable.ts'

/** Bytes as a report shows them. @internal */
export interface ShownBytes {
  /** UTF-8 as text, other bytes as `\xff`, controls as escapes, and no secret. */
  readonly text: string
  /** The very bytes; `null` where a secret was taken out. */
  readonly base64: string | null
  readonly length: number
}

/** Shows bytes and texts of a message without the secrets. @internal */
export interface Mask {
  bytes(bytes: Uint8Array): ShownBytes
  text(text: string): string
}

/** @internal */
export function createMask(secrets: readonly string[], form: HmacForm): Mask {
  const needles = [...new Set(secrets.flatMap((secret) => needlesOf(secret, form)))]
  const show = (bytes: Uint8Array): ShownBytes => {
    const binary = binaryOf(bytes)
    const base64 = hidesSecret(binary, needles) ? null : Buffer.from(bytes).toString('base64')
    const text = base64 === null ? scrubText(binary, needles) : binary
    return { text: readable(Buffer.from(text, 'latin1')), base64, length: bytes.length }
  }
  return { bytes: show, text: (text) => show(utf8(text)).text }
}

/** A secret as it may stand in a message: its text, the key that it stands for, and both as bytes, a character for each. */
function needlesOf(secret: string, { keyPrefix = '' }: HmacForm): readonly string[] {
  const bare = keyPrefix !== '' && secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret
  const keys = (['hex', 'base64', 'base64url'] as const).flatMap((key) => decodeSecret(bare, { key }) ?? [])
  const texts = [secret, secret.trim(), bare].filter((text) => text !== '')
  const bytes = texts.map((text) => utf8(text))
  return [...texts, ...bytes.map(binaryOf), ...[...bytes, ...keys].flatMap(spellingsOf)]
}

// A shorter key is in any text.
const MIN_KEY_BYTES = 6

function spellingsOf(bytes: Uint8Array): readonly string[] {
  if (bytes.length < MIN_KEY_BYTES) return []
  const base64 = Buffer.from(bytes).toString('base64url')
  return [binaryOf(bytes), Buffer.from(bytes).toString('hex'), base64, base64.replaceAll('-', '+').replaceAll('_', '/')]
}

function binaryOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

const ESCAPES: { readonly [control: string]: string } = { '\r': '\\r', '\t': '\\t', '\n': '\n' }

/** UTF-8 as text; each byte that is none as `\xff`; controls but for LF as escapes. */
function readable(bytes: Uint8Array): string {
  return decodeLossless(bytes).replace(/[\x00-\x1f]|[^\x00-\x1f]+/g, (piece) => ESCAPES[piece] ?? printable(piece))
}

function decodeLossless(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // One well-formed sequence or one other byte at a time (RFC 3629, section 4).
    const binary = Buffer.from(bytes).toString('latin1')
    const sequence =
      /[\x00-\x7f]+|(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[\x80-\xff]/g
    return binary.replace(sequence, (piece) =>
      piece.length === 1 && piece > '\x7f'
        ? `\\x${piece.charCodeAt(0).toString(16)}`
        : Buffer.from(piece, 'latin1').toString('utf8'),
    )
  }
}
