import { foldHeaderName } from '../../http/grammar.ts'
import { pointerTo } from '../../json-pointer.ts'
import { makeIssue } from '../../result.ts'
import type { HmacForm, JsonValue } from '../../types.ts'
import { type ObjectPlace, readFields } from '../read-fields.ts'
import type { VapiSettings } from './vapi-options.ts'

/** Vapi's default for `payloadFormat`. @internal */
export const DEFAULT_PAYLOAD = '{timestamp}.{body}'

const RULES = {
  type: 'text!',
  secretKey: 'text',
  algorithm: 'text!',
  signatureHeader: 'text',
  timestampHeader: 'text',
  signaturePrefix: 'text',
  includeTimestamp: 'boolean',
  payloadFormat: 'text',
  messageIdHeader: 'text',
  signatureEncoding: 'text',
  secretIsBase64: 'boolean',
} as const

/** @internal */
export interface ReadHmacPlan {
  readonly form: HmacForm
  /** `null` where the plan does not show it. */
  readonly secret: string | null
}

/** Reads Vapi's HMAC plan as a form; `null` where an issue was added. @internal */
export function readHmacPlan(plan: JsonValue, place: ObjectPlace, settings: VapiSettings): ReadHmacPlan | null {
  const read = readFields(plan, RULES, place)
  if (read === null) return null
  const { algorithm, signatureEncoding: encoding = 'hex', signatureHeader = 'x-signature' } = read
  const refuse: Refuse = (field, message, help) => {
    place.issues.push(makeIssue('ERR_FIELD_VALUE', pointerTo(place.pointer, field), message, help))
    return null
  }
  if (!isOneOf(algorithm, ALGORITHMS)) return refuse('algorithm', '`algorithm` is not `sha256`, `sha512` or `sha1`')
  if (!isOneOf(encoding, ENCODINGS)) return refuse('signatureEncoding', '`signatureEncoding` is not `hex` or `base64`')
  const pieces = readPayload(read.payloadFormat ?? DEFAULT_PAYLOAD, read.messageIdHeader !== undefined, refuse)
  if (pieces === null) return null
  const excluded = read.includeTimestamp === false && settings.excludedTimestamp !== 'send'
  const sent = excluded ? withoutTimestamp(pieces, settings.excludedTimestamp === 'empty') : pieces
  const headers = [
    ...(excluded ? [] : [[read.timestampHeader ?? 'x-timestamp', '{timestamp}'] as const]),
    ...(read.messageIdHeader === undefined ? [] : [[read.messageIdHeader, '{id}'] as const]),
    [signatureHeader, `${escapeLiteral(read.signaturePrefix ?? '')}{signature}`] as const,
  ]
  if (new Set(headers.map(([name]) => foldHeaderName(name))).size < headers.length) {
    return refuse('signatureHeader', 'two headers of the plan have one name')
  }
  const payload = sent.map((piece) => templateOf(piece, settings)).join('')
  const form = {
    ...(algorithm === 'sha256' ? {} : { algorithm }),
    ...(read.secretIsBase64 === true ? ({ key: 'base64' } as const) : {}),
    ...(payload === '{body}' ? {} : { payload }),
    ...(encoding === 'hex' ? {} : { encoding }),
    ...(excluded || (settings.timestamp ?? 's') === 's' ? {} : { timestamp: settings.timestamp ?? 's' }),
    headers: Object.fromEntries(headers),
  }
  return { form, secret: read.secretKey ?? null }
}

const ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const
const ENCODINGS = ['hex', 'base64'] as const

function isOneOf<const T extends string>(text: string, known: readonly T[]): text is T {
  return (known as readonly string[]).includes(text)
}

const ID = '{svix-id}'
const TIMESTAMP = '{timestamp}'
const PLACEHOLDERS: readonly string[] = ['{body}', TIMESTAMP, '{method}', '{url}', ID]

type Refuse = (field: string, message: string, help?: string) => null

/** Placeholders and the texts between them. What looks like a placeholder and is none is refused. */
function readPayload(format: string, hasId: boolean, refuse: Refuse): readonly string[] | null {
  const pieces: readonly string[] = format.match(/\{[^{}]*\}|\{|[^{]+/g) ?? []
  const unknown = pieces.some((piece) => /^\{[a-zA-Z][\w.-]*\}$/.test(piece) && !PLACEHOLDERS.includes(piece))
  if (unknown) {
    const help = 'it has `{body}`, `{timestamp}`, `{method}`, `{url}` and `{svix-id}`'
    return refuse('payloadFormat', 'an unknown placeholder in `payloadFormat`', help)
  }
  if (hasId || !pieces.includes(ID)) return pieces
  return refuse('payloadFormat', '`{svix-id}` is signed, and no `messageIdHeader` sends it', 'name that header')
}

function withoutTimestamp(pieces: readonly string[], keepText: boolean): readonly string[] {
  const left = [...pieces]
  for (let at = left.indexOf(TIMESTAMP); at >= 0; at = left.indexOf(TIMESTAMP)) {
    if (keepText) left.splice(at, 1)
    else if (isText(left[at + 1])) left.splice(at, 2)
    else if (at === left.length - 1 && isText(left[at - 1])) left.splice(at - 1, 2)
    else left.splice(at, 1)
  }
  return left
}

function isText(piece: string | undefined): boolean {
  return piece !== undefined && !PLACEHOLDERS.includes(piece)
}

function templateOf(piece: string, { signedUrl }: VapiSettings): string {
  if (piece === ID) return '{id}'
  if (piece === '{url}') return signedUrl === 'withoutQuery' ? '{origin}{path}' : '{url}'
  return PLACEHOLDERS.includes(piece) ? piece : escapeLiteral(piece)
}

/** In a form, braces and brackets stand for themselves when they are doubled. */
function escapeLiteral(text: string): string {
  return text.replace(/[[\]{}]/g, (character) => character + character)
}
