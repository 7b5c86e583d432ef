import { SecurityError } from '../errors.ts'
import { readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import type { CompiledForm, SignatureCarrier } from '../kinds/signature-form.ts'
import { headerReader, type MessageValues, renderText, type SignableRequest } from './message.ts'
import { type CarrierReading, merge, readCarrier } from './read-carrier.ts'
import { withoutParameter } from './without-parameter.ts'

/** A received message, taken apart as its form says. @internal */
export interface MessageReading {
  readonly signatures: readonly string[]
  readonly values: MessageValues
}

/** Why a message could not be taken apart. @internal */
export type ReadingRefusal = 'ERR_SIGNATURE_MISSING' | 'ERR_SIGNATURE_MALFORMED'

/**
 * Reads every carrier of a form, and checks that those without the signature hold what the form makes of the message:
 * a digest of the body, too, which the signature may cover in its place.
 * @internal
 */
export async function readMessage(
  form: CompiledForm,
  request: SignableRequest,
  body: Uint8Array,
): Promise<MessageReading | ReadingRefusal> {
  try {
    const header = headerReader(request.headers)
    const readValue = (carrier: SignatureCarrier) =>
      carrier.kind === 'header' ? header(carrier.name) : queryValue(request.url, carrier.name)
    const received = form.carriers.map((carrier) => ({ carrier, value: readValue(carrier) }))
    if (received.some(({ value }) => value === null)) return 'ERR_SIGNATURE_MISSING'
    const readings = received.map(({ carrier, value }) => readCarrier(carrier, value ?? '', form.separator))
    if (readings.includes(null)) return 'ERR_SIGNATURE_MALFORMED'
    const read = readings.filter((reading) => reading !== null)
    const { signatures, ...named } = read.reduce(merge, NOTHING)
    if (read.some((reading) => disagrees(reading, named))) return 'ERR_SIGNATURE_MALFORMED'
    const url = form.signature.kind === 'query' ? withoutParameter(request.url, form.signature.name) : request.url
    const values: MessageValues = { method: request.method, url, body, header, ...named }
    for (const { carrier, value } of received) {
      if (!carrier.signed && (await renderText(carrier.template.unit, values)) !== value)
        return 'ERR_SIGNATURE_MALFORMED'
    }
    return { signatures, values }
  } catch (error) {
    if (error instanceof SecurityError) return 'ERR_SIGNATURE_MALFORMED'
    throw error
  }
}

/** Whether one carrier says otherwise than another. */
function disagrees(reading: CarrierReading, named: Omit<CarrierReading, 'signatures'>): boolean {
  return (['timestamp', 'id', 'keyId'] as const).some((name) => reading[name] !== null && reading[name] !== named[name])
}

const NOTHING: CarrierReading = { timestamp: null, id: null, keyId: null, signatures: [] }

/**
 * The value of a parameter, or `null`.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_MALFORMED` where it stands twice.
 * @internal
 */
export function queryValue(url: string, name: string): string | null {
  const found = readQuery(splitUrl(url)?.query ?? '').filter((pair) => pair.name === name)
  if (found.length > 1) throw new SecurityError('ERR_SIGNATURE_MALFORMED')
  return found[0]?.value ?? null
}
