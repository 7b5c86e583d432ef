/** What a caller gets: a token, or a failure. */
export type Answer = { readonly token: string } | { readonly failed: true }

/** A moment: on the clock that may be set, and on one that is not. */
export interface Moment {
  readonly wallMs: number
  readonly steadyMs: number
}

interface Entry {
  readonly token: string
  readonly lifeMs: number
  readonly askedAtMs: number
  readonly landedAt: Moment
  /** Not renewed before it is as old as this. */
  renewAtAgeMs: number
}

interface Flight {
  readonly askedAtMs: number
  /** Callers that wait, and whether the old token would do for them. */
  readonly waiting: Map<number, { readonly urgent: boolean }>
}

const SKEW_MS = 30_000

/**
 * A token cache in one process as a map from keys to tokens, written without a look at the cache: one thing at a time, no
 * promises, no jitter.
 */
export class CacheModel {
  readonly #entries = new Map<string, Entry>()
  readonly #flights = new Map<string, Flight>()
  /** What callers got, by their numbers. */
  readonly answers = new Map<number, Answer>()
  /** How often the endpoint was asked, by key. */
  readonly asked = new Map<string, number>()

  get(caller: number, key: string, now: Moment): void {
    const entry = this.#living(key, now)
    if (entry === undefined) {
      this.#fly(key, now).waiting.set(caller, { urgent: false })
      return
    }
    const age = ageOf(entry, now)
    const left = entry.lifeMs - age
    const isDue = left <= Math.min(30_000, entry.lifeMs / 4) && age >= entry.renewAtAgeMs
    const flight = isDue ? this.#fly(key, now) : undefined
    if (flight !== undefined && left <= Math.min(5_000, entry.lifeMs / 10)) flight.waiting.set(caller, { urgent: true })
    else this.answers.set(caller, { token: entry.token })
  }

  /** A caller has waited for a renewal for as long as the old token is good for. */
  tire(caller: number, now: Moment): void {
    for (const [key, { waiting }] of this.#flights) {
      if (waiting.get(caller)?.urgent !== true) continue
      const entry = this.#living(key, now)
      // Without an old token it goes on waiting.
      if (entry === undefined) waiting.set(caller, { urgent: false })
      else {
        waiting.delete(caller)
        this.answers.set(caller, { token: entry.token })
      }
    }
  }

  /** What is left of the life of a token. */
  leftMs(key: string, now: Moment): number {
    const entry = this.#entries.get(key)
    return entry === undefined ? 0 : entry.lifeMs - ageOf(entry, now)
  }

  drop(key: string, token: string): boolean {
    return this.#entries.get(key)?.token === token && this.#entries.delete(key)
  }

  /** The caller waits no longer; whether it did. */
  abort(caller: number): boolean {
    return [...this.#flights.values()].some(({ waiting }) => waiting.delete(caller))
  }

  /** The endpoint answers with a token. */
  land(key: string, token: string, lifeMs: number, now: Moment): void {
    const flight = this.#end(key)
    const entry = { token, askedAtMs: flight.askedAtMs, lifeMs, landedAt: now, renewAtAgeMs: Number.NEGATIVE_INFINITY }
    // It comes from the future: nobody knows how old it is.
    const isOdd = now.wallMs < flight.askedAtMs - SKEW_MS
    const left = lifeMs - ageOf(entry, now)
    if (left > 0 && !isOdd) this.#entries.set(key, entry)
    else this.#entries.delete(key)
    if (left <= Math.min(30_000, lifeMs / 4)) postpone(entry, now, 0)
    for (const caller of flight.waiting.keys()) this.answers.set(caller, { token })
  }

  /** The endpoint gives none, and asks to wait. */
  crash(key: string, now: Moment, waitMs: number): void {
    const flight = this.#end(key)
    const kept = this.#entries.get(key)
    if (kept !== undefined) postpone(kept, now, waitMs)
    for (const [caller, { urgent }] of flight.waiting) {
      const entry = urgent ? this.#living(key, now) : undefined
      this.answers.set(caller, entry === undefined ? { failed: true } : { token: entry.token })
    }
  }

  #living(key: string, now: Moment): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || ageOf(entry, now) < entry.lifeMs) return entry
    this.#entries.delete(key)
    return undefined
  }

  #fly(key: string, now: Moment): Flight {
    const flying = this.#flights.get(key)
    if (flying !== undefined) return flying
    const flight: Flight = { askedAtMs: now.wallMs, waiting: new Map() }
    this.#flights.set(key, flight)
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1)
    return flight
  }

  #end(key: string): Flight {
    const flight = this.#flights.get(key)
    if (flight === undefined) throw new Error('the cache asked for a token that the model did not ask for')
    this.#flights.delete(key)
    return flight
  }
}

/** By the clock that shows more: the one that may be set, or the steady one since the token came. */
function ageOf({ askedAtMs, landedAt }: Entry, { wallMs, steadyMs }: Moment): number {
  return Math.max(wallMs - askedAtMs, landedAt.wallMs - askedAtMs + (steadyMs - landedAt.steadyMs))
}

/** For a second, a tenth of what is left, or as long as the endpoint says, whichever is longest. */
function postpone(entry: Entry, now: Moment, waitMs: number): void {
  const age = ageOf(entry, now)
  entry.renewAtAgeMs = age + Math.max(1_000, (entry.lifeMs - age) / 10, waitMs)
}
