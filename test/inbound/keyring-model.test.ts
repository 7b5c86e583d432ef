import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createKeyring, type Keyring, type TenantSettings } from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import { checkAsync } from '../call/check-async.ts'
import { createClock, NOON } from './fixtures.ts'

const TENANTS = ['a', 'b'] as const
const SCOPES = ['read', 'write', 'admin'] as const
const DAY_MS = 86_400_000

interface ModelKey {
  readonly tenant: string
  readonly scopes: readonly string[]
  readonly text: string
  isLive: boolean
  uses: Map<number, number>
}

/** What a keyring should know, in maps. */
interface Model {
  readonly settings: Map<string, TenantSettings>
  readonly keys: Map<string, ModelKey>
  readonly taken: Map<string, number>
  readonly events: Map<string, string[]>
  nowMs: number
}

interface Real {
  readonly keyring: Keyring
  readonly set: (ms: number) => void
}

type Step = fc.AsyncCommand<Model, Real>

const liveKeys = ({ keys }: Model, tenant: string): readonly string[] =>
  [...keys].filter(([, key]) => key.isLive && key.tenant === tenant).map(([id]) => id)
const nth = ({ keys }: Model, n: number): [string, ModelKey] | undefined => [...keys][n % Math.max(1, keys.size)]
const dayOf = ({ nowMs }: Model): number => Math.floor(nowMs / DAY_MS)
const note = ({ events }: Model, tenant: string, event: string): void =>
  void events.set(tenant, [...(events.get(tenant) ?? []), event])

function step(name: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return { check: () => true, run, toString: () => name }
}

const tenant = fc.constantFrom(...TENANTS)
const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 })

const configure = fc
  .tuple(
    tenant,
    fc.record(
      {
        apiAccess: fc.boolean(),
        scopes,
        maxKeys: fc.nat(3),
        dailyLimit: fc.option(fc.nat(4)),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([name, changes]) =>
    step(`configure(${name}, ${JSON.stringify(changes)})`, async (model, { keyring }) => {
      const before = model.settings.get(name) ?? { apiAccess: false, scopes: [], maxKeys: 2, dailyLimit: null }
      const after = { ...before, ...changes }
      expect(await keyring.configureTenant(name, changes, 'ada')).toEqual(after)
      model.settings.set(name, after)
      note(model, name, 'tenantConfigured')
    }),
  )

const create = fc.tuple(tenant, scopes).map(([name, wanted]) =>
  step(`create(${name}, ${wanted})`, async (model, { keyring }) => {
    const settings = model.settings.get(name)
    const refusal = !settings?.apiAccess
      ? 'ERR_KEY_ISSUING_OFF'
      : !wanted.every((scope) => settings.scopes.includes(scope))
        ? 'ERR_KEY_SCOPE'
        : liveKeys(model, name).length >= settings.maxKeys
          ? 'ERR_KEY_COUNT'
          : null
    const created = await keyring.create({ tenant: name, scopes: wanted, createdBy: 'ada' })
    expect(created.ok ? null : created.issues[0]?.code).toBe(refusal)
    if (!created.ok) return
    const { id, key } = created.value
    model.keys.set(id, { tenant: name, scopes: wanted, text: key.reveal(), isLive: true, uses: new Map() })
    note(model, name, `keyCreated ${id}`)
  }),
)

const remove = fc.tuple(tenant, fc.nat(9)).map(([by, n]) =>
  step(`delete(${by}, ${n})`, async (model, { keyring }) => {
    const [id, key] = nth(model, n) ?? ['000000000000', undefined]
    const isTheirs = key?.isLive === true && key.tenant === by
    expect(await keyring.delete(by, id, 'bob')).toBe(isTheirs)
    if (!isTheirs || key === undefined) return
    key.isLive = false
    note(model, by, `keyDeleted ${id}`)
  }),
)

const request = fc.nat(9).map((n) =>
  step(`request(${n})`, async (model, { keyring }) => {
    const [id, key] = nth(model, n) ?? []
    if (id === undefined || key === undefined) return
    const principal = await keyring.verify(key.text)
    expect(principal).toEqual(key.isLive ? { tenant: key.tenant, scopes: key.scopes, keyId: id } : null)
    if (principal === null) return
    const place = `${key.tenant} ${dayOf(model)}`
    const count = model.taken.get(place) ?? 0
    const limit = model.settings.get(key.tenant)?.dailyLimit ?? null
    const admitted = limit === null || count < limit
    const after = count + (admitted ? 1 : 0)
    expect(await keyring.admit(principal)).toEqual({
      admitted,
      limit,
      remaining: limit === null ? null : Math.max(0, limit - after),
      resetsInMs: (dayOf(model) + 1) * DAY_MS - model.nowMs,
    })
    if (!admitted) return
    model.taken.set(place, after)
    key.uses.set(dayOf(model), (key.uses.get(dayOf(model)) ?? 0) + 1)
  }),
)

const pass = fc.constantFrom(1, 3_600_000, DAY_MS / 2, -7_200_000).map((ms) =>
  step(`pass(${ms})`, async (model, { set }) => {
    // The counts of a day are kept for two: further back is no clock that goes back but another year.
    model.nowMs = Math.max(NOON, Math.min(NOON + 2 * DAY_MS - 1, model.nowMs + ms))
    set(model.nowMs)
  }),
)

const look = fc.constant(
  step('look', async (model, { keyring }) => {
    for (const name of TENANTS) {
      const listed = await keyring.list(name)
      expect(listed.map(({ id }) => id)).toEqual(liveKeys(model, name))
      for (const { id, lastUsedDay, scopes: shown } of listed) {
        const { uses = new Map(), scopes: own = [] } = model.keys.get(id) ?? {}
        const days = [...uses].sort(([one], [other]) => one - other)
        const spelled = days.map(([day, count]) => [new Date(day * DAY_MS).toISOString().slice(0, 10), count])
        expect(shown).toEqual(own)
        expect([...(await keyring.usage(name, id))]).toEqual(spelled)
        expect(lastUsedDay).toBe(spelled.at(-1)?.[0] ?? null)
      }
      const trail = (await keyring.audit(name)).map(({ event, keyId }) =>
        keyId === null ? event : `${event} ${keyId}`,
      )
      expect(trail.toSorted()).toEqual((model.events.get(name) ?? []).toSorted())
    }
  }),
)

it('T81 to T89: whatever administrators and tenants do in whichever order, a keyring is what its model is', async () => {
  const all = fc.commands([configure, create, create, remove, request, request, request, pass, look], {
    maxCommands: 40,
  })
  await checkAsync(
    fc.asyncProperty(all, async (commands) => {
      const setup = () => {
        const clock = createClock()
        const keyring = createKeyring({ store: createMemoryStore({ now: clock.now }), prefix: 'acme', now: clock.now })
        const model: Model = {
          settings: new Map(),
          keys: new Map(),
          taken: new Map(),
          events: new Map(),
          nowMs: NOON,
        }
        return { model, real: { keyring, set: clock.set } }
      }
      await fc.asyncModelRun(setup, commands)
    }),
  )
})
