import { utf8 } from '../../bytes.ts'
import { decodeSecret } from '../../kinds/signature-secret.ts'
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

// Beyond any byte, so that it is told from all of them.
const HOLE = '\uffff'
const SHOWN = '[secret]'
// A shorter secret may be part of any word, and the holes would spell it.
const MIN_SEARCHED = 6

/** @internal */
export function createMask(secrets: readonly string[], form: HmacForm): Mask {
  const needles = [...new Set(secrets.flatMap((secret) => needlesOf(secret, form)))].sort((a, b) => b.length - a.length)
  const show = (bytes: Uint8Array): ShownBytes => {
    const binary = Buffer.from(bytes).toString('latin1')
    const masked = needles.reduce((text, needle) => text.replaceAll(needle, () => HOLE), binary)
    const text = masked.split(HOLE).map((piece) => readable(Buffer.from(piece, 'latin1')))
    const base64 = masked === binary ? Buffer.from(bytes).toString('base64') : null
    return { text: text.join(SHOWN), base64, length: bytes.length }
  }
  return { bytes: show, text: (text) => show(utf8(text)).text }
}

/** A secret as it may stand in a message, one character a byte: as a text in any encoding, or as the key that it stands for. */
function needlesOf(secret: string, { keyPrefix = '' }: HmacForm): readonly string[] {
  const bare = keyPrefix !== '' && secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret
  const keys = (['hex', 'base64', 'base64url'] as const).flatMap((key) => decodeSecret(bare, { key }) ?? [])
  const texts = [secret, secret.trim(), bare].flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    new URLSearchParams([['', text]]).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text)
      .toString('base64')
      .replace(/={1,2}$/, ''),
    Buffer.from(text).toString('hex'),
  ])
  return [...texts.map((text) => utf8(text)), ...keys]
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .filter((needle) => needle.length >= MIN_SEARCHED)
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
