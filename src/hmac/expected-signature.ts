import { encodeBytes } from '../bytes.ts'
import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import type { Secret } from '../secret.ts'
import type { Carrier, HmacForm } from '../types.ts'
import { computeSignature, importSecrets } from './keys.ts'
import {
  bodyBytes,
  checkMessage,
  headerReader,
  type MessageValues,
  renderBytes,
  type SignableRequest,
} from './message.ts'
import { orNull } from './or-null.ts'
import { readForm } from './read-form.ts'
import { readReceived } from './received-values.ts'
import { renderCarrier } from './render-carrier.ts'
import { withoutParameter } from './without-parameter.ts'

/** A header or parameter with its text. @internal */
export interface CarrierText extends Carrier {
  readonly value: string
}

/** What a received message should carry, for debugging. @internal */
export interface ExpectedSignature {
  /** What is signed; `null` where the message lacks a part of it, such as the timestamp. */
  readonly payload: Uint8Array | null
  /** The carriers under each secret; none without a payload. */
  readonly carriers: readonly (readonly CarrierText[])[]
}

/**
 * Works out what a received message should carry, with the timestamp, id and key id that it has.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM`, `ERR_SIGNATURE_SECRET` or `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export async function expectSignature(
  form: HmacForm,
  secrets: readonly (string | Secret)[],
  request: SignableRequest,
): Promise<ExpectedSignature> {
  const compiled = readForm(form)
  const keys = await importSecrets(compiled, secrets, true)
  const values = await valuesOf(compiled, request)
  const payload = await orNull(() => renderBytes(compiled.payload.unit, values))
  if (payload === null) return { payload, carriers: [] }
  const signatures = await Promise.all(keys.map((key) => computeSignature(key, payload)))
  const carriers = signatures.map((bytes) =>
    renderAll(compiled.carriers, values, encodeBytes(bytes, compiled.encoding)),
  )
  return { payload, carriers: await Promise.all(carriers) }
}

/** Headers of the form itself, such as a digest, are what they should be, as when signing. */
async function valuesOf(form: CompiledForm, request: SignableRequest): Promise<MessageValues> {
  const message = checkMessage(request)
  const { method, headers } = message
  const { signature } = form
  const url = signature.kind === 'query' ? withoutParameter(message.url, signature.name) : message.url
  const given = headerReader(headers)
  const values = { method, url, body: bodyBytes(message.body), header: given, ...readReceived(form, message) }
  const plain = form.carriers.filter(({ kind, signed }) => kind === 'header' && !signed)
  const own = new Map(
    (await renderAll(plain, values, '')).map(({ name, value }) => [name.toLowerCase(), value] as const),
  )
  return { ...values, header: (name) => own.get(name.toLowerCase()) ?? given(name) }
}

async function renderAll(
  carriers: readonly SignatureCarrier[],
  values: MessageValues,
  signature: string,
): Promise<readonly CarrierText[]> {
  const rendered = carriers.map(async (carrier): Promise<readonly CarrierText[]> => {
    const { kind, name, signed } = carrier
    const value = await orNull(() => renderCarrier(carrier, values, signed ? [signature] : [], ''))
    return value === null ? [] : [{ kind, name, value }]
  })
  return (await Promise.all(rendered)).flat()
}
