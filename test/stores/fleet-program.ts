import { work } from '../child.ts'
import { openPlace, type Place } from './place.ts'

/** What one process of a fleet does. */
export interface FleetInput {
  readonly place: Place
  /** Tries to be admitted; the times of the tries, in turn, or none for the store's own. */
  readonly takes?: { readonly limit: number; readonly tries: number; readonly timesMs: readonly number[] }
  /** Nonces to offer, beginning with this one and going round. */
  readonly nonces?: { readonly count: number; readonly first: number }
}

/** How often it was admitted, by day, and which nonces were new. */
export interface FleetResult {
  readonly admitted: { readonly [day: string]: number }
  readonly accepted: readonly number[]
}

const AT_ONCE = 20

work(async ({ place, takes, nonces }: FleetInput, { together }): Promise<FleetResult> => {
  const { store, end } = await openPlace(place)
  const admitted: Record<string, number> = {}
  const accepted: number[] = []
  await together()
  await inTurn(takes?.tries ?? 0, async (n) => {
    const nowMs = takes?.timesMs[n % takes.timesMs.length]
    const taken = await store.takeUnderLimit('k', takes?.limit ?? 0, nowMs === undefined ? {} : { nowMs })
    if (taken.admitted) admitted[taken.day] = (admitted[taken.day] ?? 0) + 1
  })
  await inTurn(nonces?.count ?? 0, async (n) => {
    const nonce = (n + (nonces?.first ?? 0)) % (nonces?.count ?? 1)
    if (await store.setIfAbsent(`nonce:${nonce}`, '1', 600_000)) accepted.push(nonce)
  })
  await end()
  return { admitted, accepted }
})

/** Runs steps, several at once, as the requests of a server do. */
async function inTurn(count: number, step: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await step(n)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
}
