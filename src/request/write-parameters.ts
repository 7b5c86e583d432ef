import { isFieldValue } from '../http/grammar.ts'
import { appendQueryText, encodeQueryText } from '../http/query.ts'
import { hasDotSegment } from '../http/url.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'
import type { FilledParameter } from './parameters.ts'

/**
 * Fills the placeholders of a URL pattern, each with one segment: a value can neither leave its segment nor add a query.
 * @internal
 */
export function writePath(pattern: string, parameters: readonly FilledParameter[], issues: Issue[]): string {
  const values = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const used = new Set<string>()
  // Built piece by piece: a value is never searched for placeholders, nor read as a replacement pattern (T31).
  const url = pattern.replace(/\{([^{}]*)\}/g, (placeholder, name: string) => {
    const parameter = values.get(name)
    used.add(name)
    if (parameter === undefined) {
      issues.push(
        makeIssue(
          'ERR_PARAMETER_MISSING',
          pointerTo('/parameters', name),
          `the path needs a value for \`${placeholder}\``,
        ),
      )
      return placeholder
    }
    const text = scalarText(parameter.value)
    if (text === undefined || text === '') {
      issues.push(carrierIssue(parameter, 'a path segment takes a non-empty text, number or boolean'))
      return placeholder
    }
    const segment = encodeQueryText(text)
    if (hasDotSegment(segment))
      issues.push(carrierIssue(parameter, 'a path segment cannot be `.` or `..`, in any spelling'))
    return segment
  })
  for (const parameter of parameters) {
    if (!used.has(parameter.name)) issues.push(carrierIssue(parameter, 'the URL has no placeholder of this name'))
  }
  return url
}

/** Appends query parameters; an array gives one pair an item, an object its JSON, `null` nothing. @internal */
export function writeQueryParameters(url: string, parameters: readonly FilledParameter[]): string {
  const pairs = parameters.flatMap(({ name, value }) => {
    const items = Array.isArray(value) ? value : [value]
    return items
      .filter((item) => item !== null)
      .map((item) => `${encodeQueryText(name)}=${encodeQueryText(textOf(item))}`)
  })
  return appendQueryText(url, pairs.join('&'))
}

/** Header values; objects and arrays as ASCII JSON. @internal */
export function writeHeaderParameters(parameters: readonly FilledParameter[], issues: Issue[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const parameter of parameters) {
    if (parameter.value === null) continue
    const text = textOf(parameter.value)
    // An assignment would set the prototype, here and in whatever copies the headers.
    if (parameter.name === '__proto__') issues.push(carrierIssue(parameter, 'no header has this name'))
    else if (isFieldValue(text)) headers[parameter.name] = text
    else issues.push(carrierIssue(parameter, 'a header takes visible ASCII, with spaces only between other characters'))
  }
  return headers
}

/** The JSON body, or `undefined` without body parameters. @internal */
export function writeBody(parameters: readonly FilledParameter[]): string | undefined {
  if (parameters.length === 0) return undefined
  const body = Object.create(null) as Record<string, JsonValue>
  for (const { name, value } of parameters) body[name] = value
  return JSON.stringify(body)
}

function scalarText(value: JsonValue): string | undefined {
  return value === null || typeof value === 'object' ? undefined : String(value)
}

function textOf(value: JsonValue): string {
  return scalarText(value) ?? asciiJson(value)
}

function asciiJson(value: JsonValue): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function carrierIssue({ name, pointer }: FilledParameter, why: string): Issue {
  return makeIssue('ERR_PARAMETER_VALUE', pointer, `\`${name}\` cannot be sent: ${why}`)
}
