import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { HmacForm } from '../types.ts'

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

/**
 * What a caller without types, or JSON, may have put into a form: a misspelt value must not sign in another way.
 * @param form Without a prototype, as a snapshot is.
 * @internal
 */
export function shapeIssues(form: unknown): readonly Issue[] {
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
