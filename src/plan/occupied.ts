import { SecurityError } from '../errors.ts'
import { describeCarrier } from '../kinds/carriers.ts'
import type { Carrier } from '../types.ts'

/** The refusal of a request that holds something else in the place of a credential (REQ-2). @internal */
export function occupied(carrier: Carrier): SecurityError {
  const message = `the request already holds another value in the ${describeCarrier(carrier)}`
  return new SecurityError('ERR_CARRIER_OCCUPIED', { message })
}
