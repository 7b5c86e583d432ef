import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type CredentialStore,
  type CredentialType,
  createCredentialStore,
  type Store,
} from '../../src/credentials/index.ts'
import type { Result } from '../../src/index.ts'
import { checkAsync } from '../call/check-async.ts'
import { CredentialModel } from './model.ts'
import {
  createClock,
  credentialsOver,
  describeStores,
  dyingStore,
  KEY,
  NEXT_KEY,
  REQUIREMENTS,
  requestFor,
  revealed,
  START_MS,
} from './samples.ts'

interface Real {
  readonly credentials: () => CredentialStore
  /** What a process has that dies before one of its store's operations, by number. */
  readonly dying: (at: number) => CredentialStore
  readonly clock: ReturnType<typeof createClock>
  /** Makes the other sealing key the current one. */
  readonly turnKeys: () => void
}

type Command = fc.AsyncCommand<CredentialModel, Real>

/** Tenant and environment. */
type Place = readonly [string, string | null]
const PLACES: readonly Place[] = [
  ['acme', null],
  ['acme', 'staging'],
  ['other', null],
]
const modelPlace = ([tenant, environment]: Place): string => `${tenant}/${environment ?? ''}`
const scopeOf = ([tenant, environment]: Place) => ({ tenant, environment })

const place = fc.constantFrom(...PLACES)
const id = fc.constantFrom('a', 'b')
const name = fc.constantFrom('A', 'B', 'C')
const type = fc.constantFrom<CredentialType>('secretText', 'signingSecrets')
const value = fc.nat({ max: 999_999 }).map((number) => `secret-value-${number}`)
const user = fc.constantFrom('c1', 'c2')
const overlap = fc.constantFrom(0, 1000, 5000)

const outcomeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : (result.issues[0]?.code ?? ''))

/** A command that gives one answer, which has to be the model's. */
function command(
  text: string,
  real: (real: Real) => Promise<unknown>,
  model: (model: CredentialModel) => unknown,
): Command {
  return {
    check: () => true,
    toString: () => text,
    run: async (theModel, theReal) => {
      expect(await real(theReal)).toEqual(model(theModel))
    },
  }
}

/** A process dies while it deletes: what it deletes is there, with all that belongs to it, or is not. */
function cutDeletion([where, credentialId, force, at]: readonly [Place, string, boolean, number]): Command {
  const address = { ...scopeOf(where), credentialId }
  return {
    check: () => true,
    toString: () => `cutDeletion(${where}, ${credentialId}, ${force}, ${at})`,
    run: async (model, { credentials, dying }) => {
      const wasThere = model.uses(modelPlace(where), credentialId) !== null
      const outcome = await dying(at)
        .delete({ ...address, force })
        .then(outcomeOf, () => 'died')
      const isThere = (await credentials().get(address)) !== null
      if (outcome === 'died' && wasThere === isThere) return
      const expected = model.delete(modelPlace(where), credentialId, force)
      expect(outcome === 'died' ? 'ok' : outcome).toBe(expected)
    },
  }
}

const creation = fc.tuple(place, id, name, type, value).map(([where, credentialId, called, kind, secret]) =>
  command(
    `create(${where}, ${credentialId}, ${called}, ${kind})`,
    async ({ credentials }) =>
      outcomeOf(
        await credentials().create({ ...scopeOf(where), credentialId, name: called, type: kind, value: secret }),
      ),
    (model) => model.create(modelPlace(where), credentialId, called, kind, secret),
  ),
)
const cut = fc.tuple(place, id, fc.boolean(), fc.nat({ max: 6 })).map(cutDeletion)

const commands: readonly fc.Arbitrary<Command>[] = [
  // Without much that is there, little is deleted, and less is cut.
  ...[creation, creation, creation, creation],
  ...[cut, cut, cut],
  fc.tuple(place, id, name).map(([where, credentialId, called]) =>
    command(
      `rename(${where}, ${credentialId}, ${called})`,
      async ({ credentials }) =>
        outcomeOf(await credentials().update({ ...scopeOf(where), credentialId, name: called })),
      (model) => model.rename(modelPlace(where), credentialId, called),
    ),
  ),
  fc.tuple(place, id, value, overlap).map(([where, credentialId, secret, overlapMs]) =>
    command(
      `rotate(${where}, ${credentialId}, ${overlapMs})`,
      async ({ credentials }) =>
        outcomeOf(await credentials().rotate({ ...scopeOf(where), credentialId, value: secret, overlapMs })),
      (model) => model.rotate(modelPlace(where), credentialId, secret, overlapMs),
    ),
  ),
  fc.tuple(place, id, fc.boolean()).map(([where, credentialId, force]) =>
    command(
      `delete(${where}, ${credentialId}, ${force})`,
      async ({ credentials }) => outcomeOf(await credentials().delete({ ...scopeOf(where), credentialId, force })),
      (model) => model.delete(modelPlace(where), credentialId, force),
    ),
  ),
  fc.tuple(place, id, user, fc.boolean()).map(([where, credentialId, used, fallbackToDefault]) =>
    command(
      `recordUse(${where}, ${credentialId}, ${used}, ${fallbackToDefault})`,
      ({ credentials }) =>
        credentials()
          .recordUse({ ...scopeOf(where), credentialId, resource: { type: 'call', id: used }, fallbackToDefault })
          .then(
            () => 'ok',
            ({ code }) => code,
          ),
      (model) => model.recordUse(modelPlace(where), credentialId, used, fallbackToDefault),
    ),
  ),
  fc.tuple(place, id, user, fc.boolean()).map(([where, credentialId, used, fallbackToDefault]) =>
    command(
      `removeUse(${where}, ${credentialId}, ${used}, ${fallbackToDefault})`,
      ({ credentials }) =>
        credentials().removeUse({
          ...scopeOf(where),
          credentialId,
          resource: { type: 'call', id: used },
          fallbackToDefault,
        }),
      (model) => model.removeUse(modelPlace(where), credentialId, used, fallbackToDefault),
    ),
  ),
  fc.tuple(place, id).map(([where, credentialId]) =>
    command(
      `usedBy(${where}, ${credentialId})`,
      async ({ credentials }) =>
        (await credentials().usedBy({ ...scopeOf(where), credentialId }))?.map((use) => use.id) ?? null,
      (model) => model.uses(modelPlace(where), credentialId),
    ),
  ),
  fc.tuple(place, id, type, fc.boolean()).map(([where, credentialId, kind, fallbackToDefault]) =>
    command(
      `use(${where}, ${credentialId}, ${kind}, ${fallbackToDefault})`,
      ({ credentials }) => secretsFor(credentials(), where, kind, { credentialId, fallbackToDefault }),
      (model) => model.secrets(modelPlace(where), credentialId, kind, fallbackToDefault),
    ),
  ),
  place.map((where) =>
    command(
      `list(${where})`,
      async ({ credentials }) => (await credentials().list(scopeOf(where))).map((one) => one.name),
      (model) => model.names(modelPlace(where)),
    ),
  ),
  fc.constantFrom(1, 999, 1000, 5000).map((ms) =>
    command(
      `wait(${ms})`,
      async ({ clock }) => clock.move(ms),
      (model) => {
        model.nowMs += ms
      },
    ),
  ),
  fc.constant(
    command(
      'reseal',
      async ({ credentials, turnKeys }) => {
        turnKeys()
        return (await credentials().resealAll()).failed
      },
      () => [],
    ),
  ),
]

async function secretsFor(
  credentials: CredentialStore,
  where: Place,
  kind: CredentialType,
  { credentialId, fallbackToDefault }: { readonly credentialId: string; readonly fallbackToDefault: boolean },
) {
  const requirement = kind === 'signingSecrets' ? REQUIREMENTS.hmacSignature : REQUIREMENTS.headerApiKey
  const request = requestFor(credentialId, { ...scopeOf(where), requirement, fallbackToDefault })
  const used = await credentials.use(request).then(revealed, ({ code }) => code)
  expect((await credentials.check(request))?.code ?? null).toBe(/^ERR_/.test(used) ? used : null)
  if (typeof used !== 'string') return (used as { readonly secrets: readonly string[] }).secrets
  return used.startsWith('ERR_') ? used : [used]
}

function realOver(store: Store): Real {
  const clock = createClock()
  const make = (keys: (typeof KEY)[], over = store) => createCredentialStore({ store: over, keys, now: clock.now })
  let [current, other] = [make([KEY, NEXT_KEY]), make([NEXT_KEY, KEY])]
  const turnKeys = (): void => {
    ;[current, other] = [other, current]
  }
  const dying = (at: number) => make([KEY, NEXT_KEY], dyingStore(store, at, false))
  return { credentials: () => current, dying, clock, turnKeys }
}

describeStores('any sequence of operations answers as a map would', (openStore, isSlow) => {
  it('(property)', async () => {
    await checkAsync(
      fc.asyncProperty(fc.commands([...commands], { maxCommands: 40, size: 'max' }), async (sequence) => {
        const { store, end } = await openStore()
        const setup = () => ({ model: new CredentialModel(START_MS), real: realOver(store) })
        await fc.asyncModelRun(setup, sequence)
        // Nothing is left of what was deleted.
        const credentials = credentialsOver(store)
        for (const where of PLACES) {
          for (const credentialId of ['a', 'b']) {
            await credentials.delete({ ...scopeOf(where), credentialId, force: true })
          }
        }
        expect(await store.list('')).toEqual([])
        await end()
      }),
      isSlow ? 0.005 : 0.2,
    )
  })
})
