import { encodeBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { readOptions } from '../read-options.ts'
import type { Secret } from '../secret.ts'
import type { HmacForm } from '../types.ts'
import { computeSignature, importSecrets } from './keys.ts'
import { type MessageValues, renderBytes, type SignableRequest } from './message.ts'
import { orNull } from './or-null.ts'
import { appendQuery, checkHeader, prepareMessage } from './prepare-message.ts'
import { readForm } from './read-form.ts'
import { readParts } from './read-message.ts'
import { renderCarrier } from './render-carrier.ts'
import { SIGN_OPTIONS, type SignOptions } from './sign-options.ts'

/** What signing adds to a request. */
export interface SignedParts {
  /** Headers to set; none where the signature travels in the query. */
  readonly headers: Readonly<Record<string, string>>
  /** The URL with the form's query parameters appended; the given one where there are none. */
  readonly url: string
}

/**
 * Signs a request with HMAC as a form describes.
 *
 * @param form The form: Tavus's is `{ headers: { 'X-Tavus-Signature': '{signature}' } }`; see {@link signaturePresets}.
 * @param secrets The secret; several while rotating, where the form has a `separator`.
 * @param request The final request: every byte of its body and URL as it will be sent.
 * @returns Only what is added.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM`, `ERR_SIGNATURE_SECRET`, `ERR_SIGNATURE_INPUT` (the form
 * needs a header, id or key id that is not there, that holds its separator in the payload, or that the receiver could not
 * read back), `ERR_CARRIER_OCCUPIED` (the request already holds what signing adds), `ERR_URL_INVALID` or
 * `ERR_ARGUMENT_INVALID`.
 * @example
 * const { headers } = await signRequest({ headers: { 'X-Tavus-Signature': '{signature}' } }, [secret], request)
 * await fetch(request.url, { ...request, headers: { ...request.headers, ...headers } })
 */
export async function signRequest(
  form: HmacForm,
  secrets: readonly (string | Secret)[],
  request: SignableRequest,
  options: SignOptions = {},
): Promise<SignedParts> {
  const compiled = readForm(form)
  const keys = await importSecrets(compiled, secrets, true)
  if (keys.length > 1 && compiled.separator === null) {
    throw new SecurityError('ERR_SIGNATURE_SECRET', {
      message: 'the form has no `separator` to join several signatures',
    })
  }
  const { headers, url, values } = await prepareMessage(compiled, request, readSignOptions(options))
  const payload = await renderBytes(compiled.payload.unit, values)
  const signatures = await Promise.all(
    keys.map(async (key) => encodeBytes(await computeSignature(key, payload), compiled.encoding)),
  )
  const { signature } = compiled
  const value = await renderCarrier(signature, values, signatures, compiled.separator ?? '')
  const signed =
    signature.kind === 'header'
      ? { headers: { ...headers, [signature.name]: checkHeader(signature, value) }, url }
      : { headers, url: appendQuery(url, signature.name, value) }
  await refuseUnreadable(compiled, signed, values, signatures)
  return signed
}

/** The payload that a form signs, for debugging: everything but the secret goes into it. @internal */
export async function renderPayload(
  form: HmacForm,
  request: SignableRequest,
  options: SignOptions,
): Promise<Uint8Array> {
  const compiled = readForm(form)
  const { values } = await prepareMessage(compiled, request, readSignOptions(options))
  return renderBytes(compiled.payload.unit, values)
}

function readSignOptions(options: unknown): SignOptions {
  return readOptions<SignOptions>(options, SIGN_OPTIONS)
}

/**
 * Takes the signed message apart as the receiver will: what would be refused there, or understood otherwise, is not signed.
 * In `{keyId}:{signature}` a key id with a colon in it would end early.
 */
async function refuseUnreadable(
  form: CompiledForm,
  { headers, url }: SignedParts,
  values: MessageValues,
  signatures: readonly string[],
): Promise<void> {
  const added = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const header = (name: string): string | null => added.get(name.toLowerCase()) ?? values.header(name)
  const read = await orNull(() => readParts(form, { ...values, url, header }))
  const isSame = (name: 'timestamp' | 'id' | 'keyId', text: string | null): boolean =>
    text === null || text === values[name]
  if (read !== null && typeof read !== 'string') {
    const { timestamp, id, keyId } = read.values
    const areSame = isSame('timestamp', timestamp) && isSame('id', id) && isSame('keyId', keyId)
    if (areSame && read.signatures.join() === signatures.join()) return
  }
  throw new SecurityError('ERR_SIGNATURE_INPUT', {
    message: 'the receiver could not read back what signing adds: a value holds the character that ends it there',
  })
}
