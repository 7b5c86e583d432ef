import { parseTemplate, type SignatureTemplate, type TemplatePart } from '../../kinds/signature-template.ts'
import type { HmacForm, JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { DEFAULT_PAYLOAD } from './hmac-plan.ts'
import type { VapiSettings } from './vapi-options.ts'

/** Vapi's plan for a form, or why there is none. What it would read otherwise is for the caller to find. @internal */
export function writeHmacPlan(
  form: HmacForm,
  token: JsonValue | undefined,
  settings: VapiSettings,
): JsonObject | string {
  const { algorithm = 'sha256', key = 'utf8', keyPrefix = '', encoding = 'hex', separator, query = {} } = form
  if (algorithm === 'sha384') return 'Vapi does not sign with `sha384`'
  if (encoding === 'base64url') return 'Vapi writes signatures in hex or base64'
  if ((key !== 'utf8' && key !== 'base64') || keyPrefix !== '')
    return 'Vapi takes a key as text or base64, without prefix'
  if (separator !== undefined) return 'Vapi signs with one secret, so nothing is separated'
  if (Object.keys(query).length > 0) return 'Vapi puts signatures into headers only'
  const carriers = readCarriers(form)
  if (typeof carriers === 'string') return carriers
  const payload = payloadOf(parseTemplate(form.payload ?? '{body}'), settings)
  if (payload === null) return 'Vapi signs body, timestamp, method, URL and message id, and nothing else'
  const { signatureHeader, signaturePrefix, timestampHeader, messageIdHeader } = carriers
  if (timestampHeader === undefined && payload.includes('{timestamp}')) return 'Vapi sends the timestamp that it signs'
  const secret = secretOf(token)
  if (secret === null) return 'Vapi signs with one secret, given as a text'
  return {
    type: 'hmac',
    ...secret,
    algorithm,
    signatureHeader,
    ...(signaturePrefix === '' ? {} : { signaturePrefix }),
    ...(timestampHeader === undefined ? { includeTimestamp: false } : { timestampHeader }),
    ...(payload === DEFAULT_PAYLOAD ? {} : { payloadFormat: payload }),
    ...(messageIdHeader === undefined ? {} : { messageIdHeader }),
    ...(encoding === 'hex' ? {} : { signatureEncoding: encoding }),
    ...(key === 'utf8' ? {} : { secretIsBase64: true }),
  }
}

function secretOf(token: JsonValue | undefined): JsonObject | null {
  if (token === undefined || (isJsonObject(token) && Object.hasOwn(token, 'credentialId'))) return {}
  return typeof token === 'string' ? { secretKey: token } : null
}

interface Carriers {
  readonly signatureHeader: string
  readonly signaturePrefix: string
  readonly timestampHeader: string | undefined
  readonly messageIdHeader: string | undefined
}

function readCarriers({ headers }: HmacForm): Carriers | string {
  const entries = Object.entries(headers)
  const withText = (text: string) => entries.filter(([, template]) => template === text).map(([name]) => name)
  const [signature] = entries.filter(([, template]) => parts(template).some((part) => nameOf(part) === 'signature'))
  const [timestampHeader, ...timestamps] = withText('{timestamp}')
  const [messageIdHeader, ...ids] = withText('{id}')
  const known = 1 + withText('{timestamp}').length + withText('{id}').length
  if (signature === undefined || entries.length > known || timestamps.length + ids.length > 0) {
    return 'Vapi sends a signature, a timestamp and a message id, each in a header of its own'
  }
  const [prefix, last, ...rest] = withPrefix(parts(signature[1]))
  if (prefix === undefined || nameOf(last) !== 'signature' || rest.length > 0) {
    return 'Vapi writes a text before the signature, and nothing else'
  }
  return {
    signatureHeader: signature[0],
    signaturePrefix: prefix.kind === 'text' ? prefix.text : '',
    timestampHeader,
    messageIdHeader,
  }
}

function parts(template: string): readonly TemplatePart[] {
  const { before, unit, after } = parseTemplate(template)
  return [...before, ...unit, ...after]
}

function withPrefix(pieces: readonly TemplatePart[]): readonly TemplatePart[] {
  return pieces[0]?.kind === 'text' ? pieces : [{ kind: 'text', text: '' }, ...pieces]
}

function nameOf(part: TemplatePart | undefined): string | null {
  return part?.kind === 'placeholder' ? part.placeholder.name : null
}

const WORDS: { readonly [placeholder: string]: string } = {
  body: '{body}',
  timestamp: '{timestamp}',
  method: '{method}',
  id: '{svix-id}',
}

function payloadOf({ unit }: SignatureTemplate, { signedUrl = 'withQuery' }: VapiSettings): string | null {
  let payload = ''
  for (const [index, part] of unit.entries()) {
    const name = nameOf(part) ?? ''
    const follows = nameOf(unit[index - 1])
    if (part.kind === 'text') payload += part.text
    else if (Object.hasOwn(WORDS, name)) payload += WORDS[name]
    else if (name === 'url' && signedUrl === 'withQuery') payload += '{url}'
    else if (name === 'origin' && signedUrl === 'withoutQuery' && nameOf(unit[index + 1]) === 'path') payload += '{url}'
    else if (name !== 'path' || follows !== 'origin' || signedUrl === 'withQuery') return null
  }
  return payload
}
