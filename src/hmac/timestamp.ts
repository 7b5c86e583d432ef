import type { HmacForm } from '../types.ts'

// RFC 3339 with an offset; fractions of any length that a clock has. `Date.parse` would take hour 24.
const ISO =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/

// No leading zero: digits could else wander between a timestamp and what stands before it in the payload (T76).
const DIGITS = /^(?:0|[1-9][0-9]{0,14})$/

/** Milliseconds since the epoch; `null` for anything but the strict spelling (T71). @internal */
export function parseTimestamp(text: string | null, unit: NonNullable<HmacForm['timestamp']>): number | null {
  if (text === null) return null
  if (unit === 'iso') {
    const time = ISO.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
    return Number.isNaN(time) ? null : time
  }
  if (!DIGITS.test(text) || (unit === 's' && text.length > 12)) return null
  return Number(text) * (unit === 's' ? 1000 : 1)
}

/** Whether the calendar has the day: `Date.parse` reads 30 February as 2 March. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}
