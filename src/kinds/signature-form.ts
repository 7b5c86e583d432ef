import { isToken } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { Carrier, HmacForm } from '../types.ts'
import { countPlaceholder, parseTemplate, type SignatureTemplate, TemplateError } from './signature-template.ts'

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
    if (!(error instanceof TemplateError)) throw error
    issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, error.message))
    return null
  }
}
