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
 * A text and what it reads as when its escapes are undone, once and again: of URLs, of JSON, of HTML, in any mix. A plus is
 * also read as the blank that it stands for in forms.
 * @internal
 */
export function decodeLayers(text: string): readonly Layer[] {
  const original: Layer = { text, startOf: (index) => index, endOf: (index) => index + 1 }
  const chains = /\+|%(?:25)*2b/i.test(text) ? [ESCAPES, ESCAPES_AND_PLUS] : [ESCAPES]
  const layers = [original]
  for (const pattern of chains) {
    let layer: Layer | null = original
    for (let round = 0; round < ROUNDS && layer !== null; round += 1) {
      layer = undoEscapes(layer, pattern)
      if (layer !== null) layers.push(layer)
    }
  }
  return layers
}

const ESCAPES =
  /(?:%[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\["'\\/bfnrt]|&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);/gi
const ESCAPES_AND_PLUS = new RegExp(`${ESCAPES.source}|\\+`, 'gi')

/** The escapes that were undone, four numbers each: where its text stands and ends, where it stood and ended itself. */
type Undone = readonly number[]

const FIELDS = 4

/** `null` where there is no escape. */
function undoEscapes(source: Layer, pattern: RegExp): Layer | null {
  const undone: number[] = []
  const parts: string[] = []
  let length = 0
  let taken = 0
  const add = (part: string): void => {
    parts.push(part)
    length += part.length
  }
  const undo = (part: string, size: number): void => {
    undone.push(length, length + part.length, taken, taken + size)
    add(part)
    taken += size
  }
  for (const { 0: match, index } of source.text.matchAll(pattern)) {
    add(source.text.slice(taken, index))
    taken = index
    if (match.startsWith('%')) undoPercent(match, undo)
    else undo(decodeEscape(match), match.length)
  }
  if (undone.length === 0) return null
  add(source.text.slice(taken))
  return { text: parts.join(''), ...wayBack(undone, source) }
}

/** Leads from a text without escapes to the one with them. */
function wayBack(undone: Undone, source: Layer): Pick<Layer, 'startOf' | 'endOf'> {
  const at = (index: number, field: number): number => undone[index * FIELDS + field] ?? 0
  return {
    startOf: (index) => {
      const last = lastBefore(undone, index)
      if (last < 0) return source.startOf(index)
      return source.startOf(index < at(last, 1) ? at(last, 2) : at(last, 3) + index - at(last, 1))
    },
    endOf: (index) => {
      const last = lastBefore(undone, index)
      if (last < 0) return source.endOf(index)
      return source.endOf(index < at(last, 1) ? at(last, 3) - 1 : at(last, 3) + index - at(last, 1))
    },
  }
}

/** The last escape whose text stands at an index or before it; -1 where there is none. */
function lastBefore(undone: Undone, index: number): number {
  let low = 0
  let high = undone.length / FIELDS
  while (low < high) {
    const middle = (low + high) >> 1
    if ((undone[middle * FIELDS] ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** One piece a character; bytes that are no UTF-8 are read as Latin-1. */
function undoPercent(run: string, undo: (part: string, size: number) => void): void {
  for (let at = 0; at < run.length; ) {
    const first = byteAt(run, at)
    const count = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const point = count === 1 ? first : readUtf8(run, at, first, count)
    undo(String.fromCodePoint(point ?? first), point === null ? 3 : count * 3)
    at += point === null ? 3 : count * 3
  }
}

function byteAt(run: string, at: number): number {
  return Number.parseInt(run.slice(at + 1, at + 3), 16)
}

/** The code point of a sequence of bytes (RFC 3629); `null` where they are none. */
function readUtf8(run: string, at: number, first: number, count: number): number | null {
  let point = first & (0x7f >> count)
  for (let index = 1; index < count; index += 1) {
    const byte = byteAt(run, at + index * 3)
    if ((byte & 0xc0) !== 0x80) return null
    point = (point << 6) | (byte & 0x3f)
  }
  const isScalar = point <= 0x10_ffff && (point < 0xd800 || point > 0xdfff)
  return isScalar && first < 0xf8 ? point : null
}

const NAMED: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const CONTROLS: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function decodeEscape(written: string): string {
  if (written === '+') return ' '
  if (written.startsWith('&')) return decodeEntity(written.slice(1, -1).toLowerCase())
  const letter = written.charAt(1)
  if (written.length > 2) return String.fromCharCode(Number.parseInt(written.slice(2), 16))
  return CONTROLS[letter] ?? letter
}

function decodeEntity(name: string): string {
  if (!name.startsWith('#')) return NAMED[name] ?? ''
  const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return point <= 0x10_ffff ? String.fromCodePoint(point) : '\ufffd'
}
