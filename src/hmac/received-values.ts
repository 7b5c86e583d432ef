import { SecurityError } from '../errors.ts'
import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { headerReader, type MessageValues, type SignableRequest } from './message.ts'
import { type CarrierReading, merge, readCarrier } from './read-carrier.ts'
import { queryValue } from './read-message.ts'

/**
 * The timestamp, id and key id that a message has, as far as its carriers can be read: for debugging. One that is missing,
 * doubled or malformed says nothing.
 * @internal
 */
export function readReceived(
  form: CompiledForm,
  request: SignableRequest,
): Pick<MessageValues, 'timestamp' | 'id' | 'keyId'> {
  const header = headerReader(request.headers)
  const readings = form.carriers.flatMap((carrier) => readLeniently(carrier, request, header, form.separator) ?? [])
  const { timestamp, id, keyId } = readings.reduce(merge, { timestamp: null, id: null, keyId: null, signatures: [] })
  return { timestamp, id, keyId }
}

function readLeniently(
  carrier: SignatureCarrier,
  { url }: SignableRequest,
  header: MessageValues['header'],
  separator: string | null,
): CarrierReading | null {
  try {
    const value = carrier.kind === 'header' ? header(carrier.name) : queryValue(url, carrier.name)
    return value === null ? null : readCarrier(carrier, value, separator)
  } catch (error) {
    if (error instanceof SecurityError) return null
    throw error
  }
}
