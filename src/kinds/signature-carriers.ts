import { hasControl, isFieldValue, isToken } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { Carrier, HmacForm } from '../types.ts'
import {
  allParts,
  countPlaceholder,
  type Placeholder,
  readTemplate,
  type SignatureTemplate,
  type TemplatePart,
} from './signature-template.ts'

/** A header or query parameter that a form adds. @internal */
export interface SignatureCarrier extends Carrier {
  readonly template: SignatureTemplate
  /** Whether it holds `{signature}`; exactly one does. */
  readonly signed: boolean
}

/** Reads the headers and query parameters of a form, and adds what is wrong with them. @internal */
export function readCarriers(form: HmacForm, issues: Issue[]): readonly SignatureCarrier[] {
  const carriers = [
    ...Object.entries(form.headers).flatMap(([name, text]) => readCarrier('header', name, text, issues)),
    ...Object.entries(form.query ?? {}).flatMap(([name, text]) => readCarrier('query', name, text, issues)),
  ]
  const seen = new Set<string>()
  for (const { kind, name } of carriers) {
    const place = kind === 'header' ? `header ${name.toLowerCase()}` : `query ${name}`
    if (seen.has(place)) issues.push(formIssue(pointerOf(kind, name), `\`${name}\` stands twice`))
    seen.add(place)
  }
  for (const issue of carriers.flatMap((carrier) => unreadable(carrier, form))) issues.push(issue)
  return carriers
}

function readCarrier(kind: Carrier['kind'], name: string, text: string, issues: Issue[]): readonly SignatureCarrier[] {
  const pointer = pointerOf(kind, name)
  if (kind === 'header' && !isToken(name)) {
    issues.push(makeIssue('ERR_HEADER_NAME', pointer, `\`${name}\` is not a header name (an RFC 9110 token)`))
  }
  if (kind === 'query' && (name === '' || hasControl(name) || /[{}]/.test(name))) {
    issues.push(formIssue(pointer, 'the name of a parameter is not empty, and has no control character and no brace'))
  }
  const template = readTemplate(text, pointer, issues)
  if (template === null) return []
  if (countPlaceholder(template, 'body') > 0) {
    issues.push(formIssue(pointer, 'a header or parameter cannot hold the `{body}`'))
  }
  // Whatever the placeholders stand for: a line break, or a blank at either end, is in no header.
  if (kind === 'header' && !isFieldValue(allParts(template).map(sampleOf).join(''))) {
    issues.push(formIssue(pointer, 'a header holds visible ASCII, with blanks inside only'))
  }
  const signatures = countPlaceholder(template, 'signature')
  const inUnit = !template.hasUnit || countPlaceholder({ ...template, before: [], after: [] }, 'signature') === 1
  if (signatures > 1 || (template.hasUnit && signatures === 0) || !inUnit) {
    issues.push(formIssue(pointer, 'a `[unit]` holds the one `{signature}` that is repeated'))
  }
  return [{ kind, name, template, signed: signatures > 0 }]
}

function sampleOf(part: TemplatePart): string {
  return part.kind === 'text' ? part.text : 'x'
}

/** What could be written, but not read back. */
function unreadable({ kind, name, template, signed }: SignatureCarrier, form: HmacForm): readonly Issue[] {
  const issues: Issue[] = []
  const { separator, encoding = 'hex' } = form
  const pointer = pointerOf(kind, name)
  const parts = allParts(template)
  if (parts.some((part, index) => part.kind === 'placeholder' && parts[index + 1]?.kind === 'placeholder')) {
    issues.push(formIssue(pointer, 'two placeholders need a character between them, so that they can be told apart'))
  }
  const isList = signed && separator !== undefined && separator !== ''
  // The items of a list are cut at its separator first.
  const runs = isList ? [template.before, template.unit] : [parts]
  if (runs.some((run) => run.some((part, index) => runsOn(part, run[index + 1], form)))) {
    issues.push(formIssue(pointer, 'a placeholder could itself hold the character behind it: end it with another one'))
  }
  if (!isList) return issues
  const isInside = template.unit.some((part) => part.kind === 'text' && part.text.includes(separator))
  const isOpen = template.before.at(-1)?.kind === 'placeholder' || template.after.some(({ kind }) => kind !== 'text')
  if (isInside || isOpen || SIGNATURE_TEXT[encoding].test(separator)) {
    issues.push(formIssue('/separator', 'the `separator` cannot be told from what it separates'))
  }
  return issues
}

/** Whether the character that ends a placeholder may stand in it. */
function runsOn(part: TemplatePart, next: TemplatePart | undefined, form: HmacForm): boolean {
  if (part.kind === 'text' || next?.kind !== 'text') return false
  return alphabetOf(part.placeholder, form)?.test(next.text.charAt(0)) ?? false
}

const SIGNATURE_TEXT: Record<NonNullable<HmacForm['encoding']>, RegExp> = {
  hex: /^[0-9a-f]+$/,
  base64: /^[A-Za-z0-9+/=]+$/,
  base64url: /^[A-Za-z0-9_-]+$/,
}
const DIGITS = /^[0-9]+$/
const TIMESTAMP_TEXT: Record<NonNullable<HmacForm['timestamp']>, RegExp> = {
  s: DIGITS,
  ms: DIGITS,
  iso: /^[0-9TZ:.+-]+$/,
}

/** The characters of a value; `null` where only the message says: those are looked at when it is signed. */
function alphabetOf(placeholder: Placeholder, { encoding = 'hex', timestamp = 's' }: HmacForm): RegExp | null {
  if (placeholder.name === 'bodyDigest') return SIGNATURE_TEXT[placeholder.encoding]
  if (placeholder.name === 'signature') return SIGNATURE_TEXT[encoding]
  return placeholder.name === 'timestamp' ? TIMESTAMP_TEXT[timestamp] : null
}

function pointerOf(kind: Carrier['kind'], name: string): string {
  return pointerTo(kind === 'header' ? '/headers' : '/query', name)
}

function formIssue(pointer: string, message: string): Issue {
  return makeIssue('ERR_SIGNATURE_FORM', pointer, message)
}
