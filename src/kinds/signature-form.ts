import { type Issue, makeIssue } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import { total } from '../total.ts'
import type { HmacForm } from '../types.ts'
import { readCarriers, type SignatureCarrier } from './signature-carriers.ts'
import { shapeIssues } from './signature-shape.ts'
import {
  countPlaceholder,
  type Placeholder,
  readTemplate,
  type SignatureTemplate,
  type TemplatePart,
} from './signature-template.ts'

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

/**
 * Reads a form; kept by identity for frozen forms, which cannot change.
 *
 * What is read is a private copy of its own properties: neither a getter nor a polluted prototype says how to sign (T91).
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM` for a proxy that throws.
 * @internal
 */
export function compileForm(form: HmacForm): FormResult {
  const known = compiled.get(form)
  if (known !== undefined) return known
  const copy = snapshot(form)
  if (!copy.ok) return { form: null, issues: copy.issues }
  const shape = shapeIssues(copy.value)
  if (shape.length > 0) return { form: null, issues: shape }
  const result = readForm(copy.value as unknown as HmacForm)
  if (total('ERR_SIGNATURE_FORM', () => isWhollyFrozen(form))) compiled.set(form, result)
  return result
}

function isWhollyFrozen(form: HmacForm): boolean {
  return (
    Object.isFrozen(form) &&
    Object.isFrozen(form.headers) &&
    (!Object.hasOwn(form, 'query') || Object.isFrozen(form.query))
  )
}

function readForm(form: HmacForm): FormResult {
  const issues: Issue[] = []
  const payload = readTemplate(form.payload ?? '{body}', '/payload', issues)
  if (payload !== null) issues.push(...payloadIssues(payload))
  const carriers = readCarriers(form, issues)
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

function payloadIssues(payload: SignatureTemplate): readonly Issue[] {
  const issues: Issue[] = []
  if (countPlaceholder(payload, 'signature') > 0 || payload.hasUnit) {
    const message = 'the payload is what is signed: it has no `{signature}` and no `[unit]`'
    issues.push(makeIssue('ERR_SIGNATURE_FORM', '/payload', message))
  }
  if (payload.unit.some((part, index) => areAmbiguous(part, payload.unit[index + 1]))) {
    const message = '`{id}`, `{keyId}` and `{header:NAME}` need a character between them and what stands beside them'
    issues.push(makeIssue('ERR_SIGNATURE_FORM', '/payload', message))
  }
  return issues
}

/** Whether characters could wander between two parts, so that another message has the same payload (T76). */
function areAmbiguous(one: TemplatePart, other: TemplatePart | undefined): boolean {
  if (one.kind === 'text' || other === undefined || other.kind === 'text') return false
  const pair = [one.placeholder, other.placeholder]
  // The tolerance leaves a timestamp one spelling only.
  return pair.some(isOpen) && !pair.some(({ name }) => name === 'timestamp')
}

/** Whether the value may be any text, whose spelling does not show where it ends. */
function isOpen({ name }: Placeholder): boolean {
  return name === 'id' || name === 'keyId' || name === 'header'
}
