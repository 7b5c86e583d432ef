import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { TemplatePart } from '../kinds/signature-template.ts'

/** What a received carrier said. @internal */
export interface CarrierReading {
  readonly timestamp: string | null
  readonly id: string | null
  readonly keyId: string | null
  readonly signatures: readonly string[]
}

const MAX_SIGNATURES = 16

const EMPTY: CarrierReading = { timestamp: null, id: null, keyId: null, signatures: [] }

/**
 * Reads a received value back against its template; `null` where it is not spelled so, or holds more than 16 signatures.
 *
 * Items of another scheme (`v0=…` beside `v1=…`) are passed over, as senders add new ones; an item that repeats what
 * stands before the unit, such as a second `t=…`, is refused.
 * @internal
 */
export function readCarrier(
  { template, signed }: SignatureCarrier,
  value: string,
  separator: string | null,
): CarrierReading | null {
  if (!signed) return matchParts(template.unit, value)
  if (separator === null) return matchParts([...template.before, ...template.unit, ...template.after], value)
  const before = takeStart(template.before, value)
  if (before === null) return null
  const end = literalText(template.after)
  if (end === null || !value.endsWith(end)) return null
  const items = value.slice(before.length, value.length - end.length).split(separator)
  if (items.length > MAX_SIGNATURES) return null
  const heads = template.before.flatMap((part) => (part.kind === 'text' ? [lastItem(part.text, separator)] : []))
  const readings: CarrierReading[] = [before.reading]
  for (const item of items) {
    const reading = matchParts(template.unit, item)
    if (reading !== null) readings.push(reading)
    // Two headers joined by an HTTP library come with a space behind the comma.
    else if (heads.some((head) => head !== '' && item.trimStart().startsWith(head)) || item === '') return null
  }
  const signatures = readings.flatMap((reading) => reading.signatures)
  return signatures.length === 0 ? null : readings.reduce(merge, { ...EMPTY, signatures: [] })
}

function lastItem(text: string, separator: string): string {
  return text.split(separator).at(-1) ?? ''
}

function literalText(parts: readonly TemplatePart[]): string | null {
  return parts.every((part) => part.kind === 'text')
    ? parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    : null
}

/** Reads the parts before the unit from the start of a value. */
function takeStart(
  parts: readonly TemplatePart[],
  value: string,
): { readonly reading: CarrierReading; readonly length: number } | null {
  if (parts.length === 0) return { reading: EMPTY, length: 0 }
  const match = new RegExp(`^${patternOf(parts)}`).exec(value)
  return match === null ? null : { reading: readingOf(parts, match), length: match[0].length }
}

function matchParts(parts: readonly TemplatePart[], value: string): CarrierReading | null {
  const match = new RegExp(`^${patternOf(parts)}$`).exec(value)
  return match === null ? null : readingOf(parts, match)
}

/** Each placeholder up to the next literal character: no backtracking, so linear in the value. */
function patternOf(parts: readonly TemplatePart[]): string {
  return parts
    .map((part, index) => {
      if (part.kind === 'text') return part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\${character}`)
      const next = parts[index + 1]
      const stop =
        next?.kind === 'text' ? next.text.slice(0, 1).replace(/[\\\]^-]/g, (character) => `\\${character}`) : ''
      return stop === '' ? '([\\x20-\\x7e]+)' : `([^${stop}]+)`
    })
    .join('')
}

function readingOf(parts: readonly TemplatePart[], match: RegExpExecArray): CarrierReading {
  const reading: { timestamp: string | null; id: string | null; keyId: string | null; signatures: string[] } = {
    ...EMPTY,
    signatures: [],
  }
  let group = 0
  for (const part of parts) {
    if (part.kind === 'text') continue
    group += 1
    const text = match[group] ?? ''
    const { name } = part.placeholder
    if (name === 'signature') reading.signatures.push(text)
    else if (name === 'timestamp' || name === 'id' || name === 'keyId') reading[name] = text
  }
  return reading
}

/** @internal */
export function merge(a: CarrierReading, b: CarrierReading): CarrierReading {
  return {
    timestamp: a.timestamp ?? b.timestamp,
    id: a.id ?? b.id,
    keyId: a.keyId ?? b.keyId,
    signatures: [...a.signatures, ...b.signatures],
  }
}
