import { createKeyring, type GuardedRequest, guard } from '../../src/inbound/index.ts'
import { work } from '../child.ts'
import { openPlace, type Place } from '../stores/place.ts'

/** What one process of a fleet does. */
export type KeyringInput = { readonly place: Place; readonly key: string } & (
  | {
      /** Asks so often, at the times in turn; none for the store's own clock. */
      readonly job: 'ask'
      readonly tries: number
      readonly timesMs: readonly number[]
    }
  | {
      /** Asks from many sides until it is told of a deletion, and some more afterwards. */
      readonly job: 'outlive'
      readonly parallel: number
      readonly afterwards: number
    }
  | {
      /** Issues keys for ever, and tells each. */
      readonly job: 'issue'
      readonly tenant: string
    }
)

/** How often each time was admitted, and how often a refusal was not for the limit. */
export interface AskResult {
  readonly admitted: readonly number[]
  readonly odd: readonly string[]
}

/** Requests that were accepted before the deletion was known, and those that began afterwards. */
export interface OutliveResult {
  readonly before: number
  readonly late: number
  readonly refused: number
}

const AT_ONCE = 20

work(async (input: KeyringInput, { together, tell }): Promise<AskResult | OutliveResult | null> => {
  const { store, end } = await openPlace(input.place)
  const makeGuard = (nowMs?: number) =>
    guard({ keyring: createKeyring({ store, prefix: 'acme', ...(nowMs === undefined ? {} : { now: () => nowMs }) }) })
  const request: GuardedRequest = {
    method: 'GET',
    target: '/orders',
    authorization: [`Bearer ${input.key}`],
    forwardedProto: [],
    isSecure: true,
    remoteAddress: null,
  }
  if (input.job === 'issue') {
    const keyring = createKeyring({ store, prefix: 'acme' })
    for (;;) {
      const created = await keyring.create({ tenant: input.tenant, scopes: ['read'], createdBy: 'ada' })
      if (!created.ok) throw new Error(created.issues[0]?.code)
      await tell(created.value.key.reveal())
    }
  }
  const result =
    input.job === 'ask' ? await ask(input.tries, input.timesMs) : await outlive(input.parallel, input.afterwards)
  await end()
  return result

  async function ask(tries: number, timesMs: readonly number[]): Promise<AskResult> {
    const guards = timesMs.length === 0 ? [makeGuard()] : timesMs.map(makeGuard)
    const admitted = guards.map(() => 0)
    const odd: string[] = []
    let next = 0
    const run = async (): Promise<void> => {
      for (let n = next++; n < tries; n = next++) {
        const turn = n % guards.length
        const verdict = await guards[turn]?.check(request)
        if (verdict?.ok) admitted[turn] = (admitted[turn] ?? 0) + 1
        else if (verdict?.code !== 'daily_limit_reached') odd.push(String(verdict?.code))
      }
    }
    await together()
    await Promise.all(Array.from({ length: AT_ONCE }, run))
    return { admitted, odd }
  }

  async function outlive(parallel: number, afterwards: number): Promise<OutliveResult> {
    const keyGuard = makeGuard()
    const result = { before: 0, late: 0, refused: 0 }
    // One before anything is said, so that the connection stands.
    if ((await keyGuard.check(request)).ok) result.before += 1
    let isDeleted = false
    const run = async (): Promise<void> => {
      for (let left = afterwards; left > 0; ) {
        const startedAfter = isDeleted
        const { ok } = await keyGuard.check(request)
        if (startedAfter) left -= 1
        if (!ok) result.refused += 1
        else if (startedAfter) result.late += 1
        else result.before += 1
      }
    }
    const running = Array.from({ length: parallel }, run)
    await together()
    isDeleted = true
    await Promise.all(running)
    return result
  }
})
