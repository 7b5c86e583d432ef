/** What a caller gets: a token, or a failure. */
export type Answer = { readonly token: string } | { readonly failed: true }

interface Entry {
  readonly token: string
  readonly askedAtMs: number
  readonly lifeMs: number
  seenAtMs: number
  renewAtMs: number
}

interface Flight {
  readonly askedAtMs: number
  /** Callers that wait, and whether the old token would do for them. */
  readonly waiting: Map<number, { readonly urgent: boolean }>
  /** Whether someone renews ahead of time and does not wait. */
  ahead: boolean
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

  get(caller: number, key: string, nowMs: number): void {
    const entry = this.#living(key, nowMs)
    const left = entry === undefined ? 0 : entry.askedAtMs + entry.lifeMs - nowMs
    if (entry === undefined || left <= Math.min(5_000, entry.lifeMs / 10)) {
      this.#fly(key, nowMs).waiting.set(caller, { urgent: entry !== undefined })
      return
    }
    this.answers.set(caller, { token: entry.token })
    const isRipe = left <= Math.min(30_000, entry.lifeMs / 4)
    if (isRipe && nowMs >= entry.renewAtMs) this.#fly(key, nowMs).ahead = true
  }

  drop(key: string, token: string): boolean {
    return this.#entries.get(key)?.token === token && this.#entries.delete(key)
  }

  /** The caller waits no longer; whether it did. */
  abort(caller: number): boolean {
    return [...this.#flights.values()].some(({ waiting }) => waiting.delete(caller))
  }

  /** The endpoint answers with a token. */
  land(key: string, token: string, lifeMs: number, nowMs: number): void {
    const flight = this.#end(key)
    const entry = { token, askedAtMs: flight.askedAtMs, lifeMs, seenAtMs: nowMs, renewAtMs: 0 }
    const left = leftOf(entry, nowMs)
    if (left > 0) this.#entries.set(key, entry)
    else this.#entries.delete(key)
    if (left <= Math.min(30_000, lifeMs / 4)) entry.renewAtMs = nowMs + Math.max(1_000, left / 10)
    for (const caller of flight.waiting.keys()) this.answers.set(caller, { token })
  }

  /** The endpoint gives none. */
  crash(key: string, nowMs: number): void {
    const flight = this.#end(key)
    const kept = this.#entries.get(key)
    if (flight.ahead && kept !== undefined) {
      kept.renewAtMs = nowMs + Math.max(1_000, (kept.askedAtMs + kept.lifeMs - nowMs) / 10)
    }
    for (const [caller, { urgent }] of flight.waiting) {
      const entry = urgent ? this.#living(key, nowMs) : undefined
      this.answers.set(caller, entry === undefined ? { failed: true } : { token: entry.token })
    }
  }

  #living(key: string, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const wentBack = nowMs < entry.seenAtMs - SKEW_MS
    entry.seenAtMs = Math.max(entry.seenAtMs, nowMs)
    if (!wentBack && leftOf(entry, nowMs) > 0) return entry
    this.#entries.delete(key)
    return undefined
  }

  #fly(key: string, nowMs: number): Flight {
    const flying = this.#flights.get(key)
    if (flying !== undefined) return flying
    const flight: Flight = { askedAtMs: nowMs, waiting: new Map(), ahead: false }
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

function leftOf({ askedAtMs, lifeMs }: Entry, nowMs: number): number {
  return nowMs < askedAtMs - SKEW_MS ? 0 : askedAtMs + lifeMs - nowMs
}
