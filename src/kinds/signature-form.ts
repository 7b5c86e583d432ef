import { isToken } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { Carrier, HmacForm } from '../types.ts'
import {
  allParts,
  countPlaceholder,
  parseTemplate,
  type SignatureTemplate,
  type TemplateError,
} from './signature-template.ts'

/** A header or query parameter that a form adds. @internal */
export interface SignatureCarrier extends Carrier {
  readonly template: SignatureTemplate
  /** Whether it holds `{signature}`; exactly one does. */
  readonly signed: boolean
}

/** An HMAC form with its defaults filled in and its templates read. @internal */
export interface CompiledForm {
  readonly algorithm: NonNullable<HmacForm['algorithm']>
  readonly key: NonNullable<HmacForm['key']>
  readonly keyPrefix: string
  readonly payload: SignatureTemplate
  readonly encoding: NonNullable<HmacForm['encoding']>
  readonly timestamp: NonNullable<HmacForm['timestamp']>
  readonly carriers: readonly SignatureCarrier[]
  /** The carrier of the signature. */
  readonly signature: SignatureCarrier
  readonly separator: string | null
}

/** A form that can be used, or what is wrong with it; pointers into the form. @internal */
export type FormResult =
  | { readonly form: CompiledForm; readonly issues: readonly [] }
  | { readonly form: null; readonly issues: readonly Issue[] }

const compiled = new WeakMap<HmacForm, FormResult>()

/** Reads a form; kept by identity for frozen forms, which cannot change. @internal */
export function compileForm(form: HmacForm): FormResult {
  const known = compiled.get(form)
  if (known !== undefined) return known
  const shape = readShape(form)
  if (shape.length > 0) return { form: null, issues: shape }
  const result = readForm(form)
  if (
    Object.isFrozen(form) &&
    Object.isFrozen(form.headers) &&
    (form.query === undefined || Object.isFrozen(form.query))
  ) {
    compiled.set(form, result)
  }
  return result
}

const FIELDS: { readonly [Field in keyof HmacForm]-?: readonly string[] | 'text' | 'texts' } = {
  algorithm: ['sha1', 'sha256', 'sha384', 'sha512'],
  key: ['utf8', 'hex', 'base64', 'base64url'],
  keyPrefix: 'text',
  payload: 'text',
  encoding: ['hex', 'base64', 'base64url'],
  timestamp: ['s', 'ms', 'iso'],
  headers: 'texts',
  query: 'texts',
  separator: 'text',
}

/** What a caller without types, or JSON, may have put into a form: a misspelt value must not sign in another way. */
function readShape(form: unknown): readonly Issue[] {
  if (!isRecord(form)) return [makeIssue('ERR_SIGNATURE_FORM', '', 'expected a form: an object')]
  const issues = Object.keys(form)
    .filter((name) => !Object.hasOwn(FIELDS, name))
    .map((name) => makeIssue('ERR_SIGNATURE_FORM', pointerTo('', name), `unknown field \`${name}\``))
  for (const [name, shape] of Object.entries(FIELDS)) {
    const value = form[name]
    if (value === undefined ? name === 'headers' : !fits(value, shape)) {
      issues.push(makeIssue('ERR_SIGNATURE_FORM', pointerTo('', name), `\`${name}\` has a value that it cannot have`))
    }
  }
  return issues
}

function fits(value: unknown, shape: readonly string[] | 'text' | 'texts'): boolean {
  if (shape === 'texts') return isRecord(value) && Object.values(value).every((text) => typeof text === 'string')
  return typeof value === 'string' && (shape === 'text' || shape.includes(value))
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readForm(form: HmacForm): FormResult {
  const issues: Issue[] = []
  const payload = readTemplate(form.payload ?? '{body}', '/payload', issues)
  if (payload !== null && (countPlaceholder(payload, 'signature') > 0 || payload.hasUnit)) {
    issues.push(
      makeIssue(
        'ERR_SIGNATURE_FORM',
        '/payload',
        'the payload is what is signed: it has no `{signature}` and no `[unit]`',
      ),
    )
  }
  const carriers = [...readCarriers('header', form.headers, issues), ...readCarriers('query', form.query ?? {}, issues)]
  const signed = carriers.filter((carrier) => carrier.signed)
  const [signature] = signed
  if (signed.length !== 1 && issues.length === 0) {
    issues.push(makeIssue('ERR_SIGNATURE_FORM', '', 'exactly one header or query parameter holds `{signature}`'))
  }
  issues.push(...unreadable(carriers, form))
  if (form.separator === '') issues.push(makeIssue('ERR_SIGNATURE_FORM', '/separator', 'the separator is empty'))
  if (issues.length > 0 || payload === null || signature === undefined) return { form: null, issues }
  const {
    algorithm = 'sha256',
    key = 'utf8',
    keyPrefix = '',
    encoding = 'hex',
    timestamp = 's',
    separator = null,
  } = form
  return {
    form: { algorithm, key, keyPrefix, payload, encoding, timestamp, carriers, signature, separator },
    issues: [],
  }
}

const SIGNATURE_TEXT: Record<NonNullable<HmacForm['encoding']>, RegExp> = {
  hex: /^[0-9a-f]+$/,
  base64: /^[A-Za-z0-9+/=]+$/,
  base64url: /^[A-Za-z0-9_-]+$/,
}

/** Carriers that could be written, but not read back. */
function unreadable(carriers: readonly SignatureCarrier[], { separator, encoding = 'hex' }: HmacForm): Issue[] {
  const issues: Issue[] = []
  const seen = new Set<string>()
  for (const { kind, name, template, signed } of carriers) {
    const pointer = pointerTo(kind === 'header' ? '/headers' : '/query', name)
    const place = kind === 'header' ? `header ${name.toLowerCase()}` : `query ${name}`
    if (seen.has(place)) issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, `\`${name}\` stands twice`))
    seen.add(place)
    const parts = allParts(template)
    if (parts.some((part, index) => part.kind === 'placeholder' && parts[index + 1]?.kind === 'placeholder')) {
      const message = 'two placeholders need a character between them, so that they can be told apart'
      issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, message))
    }
    if (!signed || separator === undefined || separator === '') continue
    const isInside = template.unit.some((part) => part.kind === 'text' && part.text.includes(separator))
    if (isInside || SIGNATURE_TEXT[encoding].test(separator) || template.after.some(({ kind }) => kind !== 'text')) {
      const message = 'the `separator` cannot be told from what it separates'
      issues.push(makeIssue('ERR_SIGNATURE_FORM', '/separator', message))
    }
  }
  return issues
}

function readCarriers(
  kind: Carrier['kind'],
  templates: { readonly [name: string]: string },
  issues: Issue[],
): readonly SignatureCarrier[] {
  return Object.entries(templates).flatMap(([name, text]) => {
    const pointer = pointerTo(kind === 'header' ? '/headers' : '/query', name)
    if (kind === 'header' && !isToken(name)) {
      issues.push(makeIssue('ERR_HEADER_NAME', pointer, `\`${name}\` is not a header name (an RFC 9110 token)`))
    }
    const template = readTemplate(text, pointer, issues)
    if (template === null) return []
    const signatures = countPlaceholder(template, 'signature')
    if (countPlaceholder(template, 'body') > 0) {
      issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, 'a header or parameter cannot hold the `{body}`'))
    }
    const inUnit = !template.hasUnit || countPlaceholder({ ...template, before: [], after: [] }, 'signature') === 1
    if (signatures > 1 || (template.hasUnit && signatures === 0) || !inUnit) {
      issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, 'a `[unit]` holds the one `{signature}` that is repeated'))
    }
    return [{ kind, name, template, signed: signatures > 0 }]
  })
}

function readTemplate(text: string, pointer: string, issues: Issue[]): SignatureTemplate | null {
  try {
    return parseTemplate(text)
  } catch (error) {
    // INVARIANT: nothing else is thrown.
    issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, (error as TemplateError).message))
    return null
  }
}
