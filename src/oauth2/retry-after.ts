import { readClock } from '../stores/store-arguments.ts'

const MAX_WAIT_MS = 24 * 60 * 60 * 1000

const SECONDS = /^[0-9]{1,9}$/
const DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/

/**
 * Reads a `Retry-After` header: seconds or a date (RFC 9110 section 10.2.3).
 * @returns Milliseconds to wait, at most a day; `null` for anything else.
 * @internal
 */
export function readRetryAfter(header: string | null, now: () => number): number | null {
  if (header === null) return null
  if (SECONDS.test(header)) return Math.min(Number(header) * 1000, MAX_WAIT_MS)
  const waitMs = DATE.test(header) ? Date.parse(header) - readClock(now) : Number.NaN
  return waitMs >= 0 ? Math.min(waitMs, MAX_WAIT_MS) : null
}
