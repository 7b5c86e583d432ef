/** A text as it reads after some of its escapes are undone, with the way back. @internal */
export interface Layer {
  readonly text: string
  /** Where in the original text the unit at an index begins. */
  startOf(index: number): number
  /** Where in the original text the unit at an index ends; exclusive. */
  endOf(index: number): number
}

/** How often escapes are undone: a URL inside JSON inside a URL, and what looks like escapes in the secret itself. */
const ROUNDS = 5

/**
 * A text and what it reads as when its escapes are undone, once and again: of URLs, of JSON, of HTML, in any mix. Each layer
 * comes without the line breaks in encoded bytes, too. One layer at a time, since a text may be large.
 * @internal
 */
export function* decodeLayers(text: string): Generator<Layer, void> {
  let layer: Layer | null = { text, startOf: (index) => index, endOf: (index) => index + 1 }
  for (let round = 0; layer !== null; round += 1) {
    yield layer
    const joined = rewrite(layer, LINE_BREAKS, () => '')
    if (joined !== null) yield joined
    layer = round < ROUNDS ? rewrite(layer, ESCAPES, decodeEscape) : null
  }
}

/** Percent-encoded UTF-8, a character each (RFC 3629, section 4), or else one byte, read as Latin-1. */
const PERCENT = [
  '%(?:c[2-9a-f]|d.)T',
  '%(?:e0%[ab].|e[1-9abcef]T|ed%[89].)T',
  '%(?:f0%[9ab].|f[123]T|f4%8.)TT',
  '%[0-9a-f]{2}',
].map((form) => form.replaceAll('T', '%[89ab].').replaceAll('.', '[0-9a-f]'))

const ESCAPES = new RegExp(
  [
    ...PERCENT,
    '\\\\u[0-9a-f]{4}|\\\\x[0-9a-f]{2}|\\\\["\'\\\\/bfnrt]',
    '&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);',
  ].join('|'),
  'gi',
)

/** Line breaks that MIME and PEM put into base64, and dumps into hex: no prose has words of this length. */
const LINE_BREAKS = /\r?\n[\t ]{0,8}(?<=[A-Za-z0-9+/_-]{32}\r?\n[\t ]{0,8})(?=[A-Za-z0-9+/_=-])/g

/** What was rewritten, four numbers each: where its text stands and ends, where it stood and ended itself. */
type Rewritten = Int32Array

const FIELDS = 4

/** What is rewritten has two units or more, or is far apart. */
const MIN_SIZE = 2

/** `null` where there is nothing to rewrite. */
function rewrite(source: Layer, pattern: RegExp, decode: (written: string) => string): Layer | null {
  if (source.text.search(pattern) < 0) return null
  const rewritten = new Int32Array(Math.ceil(source.text.length / MIN_SIZE) * FIELDS)
  let used = 0
  let saved = 0
  const text = source.text.replace(pattern, (written: string, at: number) => {
    const part = decode(written)
    rewritten[used++] = at - saved
    rewritten[used++] = at - saved + part.length
    rewritten[used++] = at
    rewritten[used++] = at + written.length
    saved += written.length - part.length
    return part
  })
  return { text, ...wayBack(rewritten.slice(0, used), source) }
}

/** Leads from a text without escapes to the one with them. */
function wayBack(rewritten: Rewritten, source: Layer): Pick<Layer, 'startOf' | 'endOf'> {
  const at = (index: number, field: number): number => rewritten[index * FIELDS + field] ?? 0
  return {
    startOf: (index) => {
      const last = lastBefore(rewritten, index)
      if (last < 0) return source.startOf(index)
      return source.startOf(index < at(last, 1) ? at(last, 2) : at(last, 3) + index - at(last, 1))
    },
    endOf: (index) => {
      const last = lastBefore(rewritten, index)
      if (last < 0) return source.endOf(index)
      return source.endOf(index < at(last, 1) ? at(last, 3) - 1 : at(last, 3) + index - at(last, 1))
    },
  }
}

/** The last one whose text stands at an index or before it; -1 where there is none. */
function lastBefore(rewritten: Rewritten, index: number): number {
  let low = 0
  let high = rewritten.length / FIELDS
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rewritten[middle * FIELDS] ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}

const NAMED: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const CONTROLS: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function decodeEscape(written: string): string {
  const letter = written.charAt(1)
  if (written.startsWith('&')) return decodeEntity(written.slice(1, -1).toLowerCase())
  if (written.startsWith('%')) return written.length > 3 ? decodeURIComponent(written) : unit(written.slice(1))
  return written.length > 2 ? unit(written.slice(2)) : (CONTROLS[letter] ?? letter)
}

function unit(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

function decodeEntity(name: string): string {
  if (!name.startsWith('#')) return NAMED[name] ?? ''
  const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return point <= 0x10_ffff ? String.fromCodePoint(point) : '\ufffd'
}
