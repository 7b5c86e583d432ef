/** Milliseconds of a UTC day: it has no leap second in the time that computers count. @internal */
export const DAY_MS = 86_400_000

/** The number of the UTC day, counted from 1970. @internal */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS)
}

/** A day as `YYYY-MM-DD`. @internal */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** Milliseconds until the next UTC day begins: 1 to {@link DAY_MS}. @internal */
export function leftOfDay(nowMs: number): number {
  return (dayOf(nowMs) + 1) * DAY_MS - nowMs
}
