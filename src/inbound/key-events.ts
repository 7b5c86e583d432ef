import type { StoreChange } from '../stores/store.ts'
import { type KeyEvent, PLACES, readKeyEvent } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName } from './names.ts'

/** The change that writes one line of the audit trail, in the same commit as what it tells of. @internal */
export function eventChange(core: KeyringCore, event: Omit<KeyEvent, 'at'>): StoreChange {
  const at = core.now()
  // Events of one process in one millisecond keep their order.
  const turn = String(core.nextEvent()).padStart(12, '0')
  const key = `${PLACES.events(event.tenant)}${String(at).padStart(15, '0')}-${turn}-${crypto.randomUUID()}`
  return { key, expected: null, value: JSON.stringify({ at, ...event }) }
}

/** @internal */
export async function auditEvents({ store }: KeyringCore, tenant: string): Promise<readonly KeyEvent[]> {
  return (await store.list(PLACES.events(checkName(tenant, 'tenant')))).map(({ value }) => readKeyEvent(value))
}
