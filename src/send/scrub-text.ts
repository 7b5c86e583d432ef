import { encodeBytes, utf8 } from '../bytes.ts'
import { encodeQueryText } from '../http/query.ts'
import { decodeLayers, type Layer } from './decode-layers.ts'

const SHOWN = '[secret]'

/** Encoded forms shorter than this occur in any text. */
const MIN_FORM_LENGTH = 6

interface Span {
  readonly start: number
  readonly end: number
}

/** A text without secrets, in whatever form they stand there. @internal */
export function scrubText(text: string, secrets: readonly string[]): string {
  const spans = findSecrets(text, secrets)
  let shown = ''
  let taken = 0
  for (const { start, end } of spans) {
    // Forms overlap: one that begins within what was taken already is taken with it.
    if (start >= taken) shown += text.slice(taken, start) + SHOWN
    taken = Math.max(taken, end)
  }
  return shown + text.slice(taken)
}

/** Whether a text holds a secret in any form. @internal */
export function hidesSecret(text: string, secrets: readonly string[]): boolean {
  return findSecrets(text, secrets).length > 0
}

function findSecrets(text: string, secrets: readonly string[]): readonly Span[] {
  const forms = [...new Set(secrets.flatMap(formsOf))]
  const blankForms = forms.filter((form) => form.includes(' ')).map(blankPlus)
  const spans: Span[] = []
  for (const layer of decodeLayers(text)) {
    for (const form of forms) findForm(layer, form, spans)
    if (blankForms.length === 0 || !layer.text.includes('+')) continue
    const blank = { ...layer, text: blankPlus(layer.text) }
    for (const form of blankForms) findForm(blank, form, spans)
  }
  return spans.sort((a, b) => a.start - b.start || b.end - a.end)
}

/** In forms a plus stands for a blank. */
function blankPlus(text: string): string {
  return text.replaceAll('+', ' ')
}

function findForm({ text, startOf, endOf }: Layer, form: string, spans: Span[]): void {
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
    spans.push({ start: startOf(at), end: endOf(at + form.length - 1) })
  }
}

/**
 * The forms to look for: the secret, base64 at each offset, hex, and UTF-16 in hex; these also of the escaped secret, as a URL
 * or JSON in base64 holds it. A secret that looks like escapes itself may be undone together with those around it.
 */
function formsOf(secret: string): readonly string[] {
  const undone = [...decodeLayers(secret)].map(({ text }) => text)
  const encoded = [...new Set([...undone, ...escapedForms(secret)])].flatMap(encodedForms)
  return [secret, ...[...undone, ...encoded].filter((form) => form.length >= MIN_FORM_LENGTH)]
}

/** How the secret stands in URLs, forms and JSON. */
function escapedForms(secret: string): readonly string[] {
  const text = secret.toWellFormed()
  const [query, component] = [encodeQueryText(text), encodeURIComponent(text)]
  const json = JSON.stringify(text).slice(1, -1)
  return [
    ...[query, component].flatMap((each) => [each, each.replace(/%../g, (written) => written.toLowerCase())]),
    new URLSearchParams([['', text]]).toString().slice(1),
    ...[json, json.replace(/[^ -~]/g, (unit) => jsonEscape(unit))].flatMap((each) => [
      each,
      each.replaceAll('/', '\\/'),
    ]),
  ]
}

function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function encodedForms(secret: string): readonly string[] {
  const bytes = utf8(secret)
  const utf16 = Uint8Array.from([...secret].flatMap(unitsOf).flatMap((unit) => [unit & 0xff, unit >> 8]))
  const swapped = utf16.map((_, index) => utf16[index ^ 1] ?? 0)
  const base64 = [0, 1, 2].map((offset) => base64Core(bytes, offset))
  const hex = [bytes, utf16, swapped].map((each) => encodeBytes(each, 'hex'))
  return [
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...hex,
    ...hex.map((text) => text.toUpperCase()),
  ]
}

function unitsOf(character: string): readonly number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
}

/** The characters of a base64 text that depend on these bytes alone, where `offset` others stand before them. */
function base64Core(bytes: Uint8Array, offset: number): string {
  const whole = new Uint8Array(offset + bytes.length)
  whole.set(bytes, offset)
  return encodeBytes(whole, 'base64').slice(Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6))
}
