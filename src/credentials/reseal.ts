import { sealedWith } from '../envelope.ts'
import { type Address, addressOf, RECORDS } from './addresses.ts'
import { CONFLICT, type Core, find, retry } from './core.ts'
import type { ResealReport } from './types.ts'
import { replaceVersions } from './update.ts'
import { isSealFailure, openVersions, stillValid } from './versions.ts'

type Fate = 'resealed' | 'current' | 'gone' | 'failed'

/** @internal */
export async function resealAll(core: Core): Promise<ResealReport> {
  const addresses = (await core.store.list(RECORDS)).map(({ key }) => addressOf(key))
  const fates: { readonly address: Address; readonly fate: Fate }[] = []
  // One after the other: it is no hurry, and the store serves calls meanwhile.
  for (const address of addresses) fates.push({ address, fate: await reseal(core, address) })
  const count = (fate: Fate): number => fates.filter((one) => one.fate === fate).length
  const failed = fates.filter(({ fate }) => fate === 'failed').map(({ address }) => address)
  return Object.freeze({ resealed: count('resealed'), current: count('current'), failed: Object.freeze(failed) })
}

function reseal(core: Core, address: Address): Promise<Fate> {
  return retry(async () => {
    try {
      const found = await find(core, address)
      if (found === null) return 'gone'
      // Opened even where the id is that of the current key: another key may have been given under it.
      const versions = await openVersions(found.record, core.keys, address)
      if (sealedWith(found.record.sealed) === core.keys[0].keyId) return 'current'
      const outcome = await replaceVersions(core, found, found.record, stillValid(versions, core.now()))
      return outcome === CONFLICT ? CONFLICT : 'resealed'
    } catch (error) {
      if (isSealFailure(error)) return 'failed'
      throw error
    }
  })
}
