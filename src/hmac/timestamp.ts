import type { HmacForm } from '../types.ts'

// RFC 3339 with an offset; fractions of any length that a clock has.
const ISO = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/

/** Milliseconds since the epoch; `null` for anything but the strict spelling (T71). @internal */
export function parseTimestamp(text: string | null, unit: NonNullable<HmacForm['timestamp']>): number | null {
  if (text === null) return null
  if (unit === 'iso') {
    const time = ISO.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(time) ? null : time
  }
  if (!/^[0-9]{1,15}$/.test(text) || (unit === 's' && text.length > 12)) return null
  return Number(text) * (unit === 's' ? 1000 : 1)
}
