import { SecurityError } from '../errors.ts'
import { readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { allParts } from '../kinds/signature-template.ts'
import { headerReader, type MessageValues, renderText, type SignableRequest } from './message.ts'
import { orNull } from './or-null.ts'
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
 * Reads a received message; what cannot be read is malformed.
 * @internal
 */
export async function readMessage(
  form: CompiledForm,
  { method, url, headers }: SignableRequest,
  body: Uint8Array,
): Promise<MessageReading | ReadingRefusal> {
  const read = await orNull(async () => readParts(form, { method, url, body, header: headerReader(headers) }))
  return read ?? 'ERR_SIGNATURE_MALFORMED'
}

/**
 * Reads every carrier of a form, and checks that each holds what the form makes of the message: a digest of the body, too,
 * which the signature may cover in its place.
 * @throws A {@link SecurityError} for a header that stands twice, or a part that is missing.
 * @internal
 */
export async function readParts(
  form: CompiledForm,
  message: Pick<MessageValues, 'method' | 'url' | 'body' | 'header'>,
): Promise<MessageReading | ReadingRefusal> {
  const { method, body, header } = message
  const readValue = (carrier: SignatureCarrier) =>
    carrier.kind === 'header' ? header(carrier.name) : queryValue(message.url, carrier.name)
  const received = form.carriers.map((carrier) => ({ carrier, value: readValue(carrier) }))
  if (received.some(({ value }) => value === null)) return 'ERR_SIGNATURE_MISSING'
  const readings = received.map(({ carrier, value }) => readCarrier(carrier, value ?? '', form.separator))
  if (readings.includes(null)) return 'ERR_SIGNATURE_MALFORMED'
  const read = readings.filter((reading) => reading !== null)
  const { signatures, ...named } = read.reduce(merge, NOTHING)
  if (read.some((reading) => disagrees(reading, named))) return 'ERR_SIGNATURE_MALFORMED'
  const { signature, separator } = form
  const url = signature.kind === 'query' ? withoutParameter(message.url, signature.name) : message.url
  const values: MessageValues = { method, url, body, header, ...named }
  for (const { carrier, value } of received) {
    if (!(await isExpected(carrier, value ?? '', values, separator === null ? signatures[0] : undefined)))
      return 'ERR_SIGNATURE_MALFORMED'
  }
  return { signatures, values }
}

/**
 * Whether a carrier is what the form makes of the message; a list up to its items, among which may be those of others.
 * @param signature The only one; none of a list.
 */
async function isExpected(
  { template, signed }: SignatureCarrier,
  value: string,
  values: MessageValues,
  signature: string | undefined,
): Promise<boolean> {
  if (signed && signature === undefined) return value.startsWith(await renderText(template.before, values))
  return value === (await renderText(allParts(template), values, signature))
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
