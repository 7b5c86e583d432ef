import type { HmacForm } from '../../types.ts'

/** A message to be looked at, with everything as values. @internal */
export interface DebugRequest {
  readonly method: string
  readonly url: string
  /** Several values where a header stands more than once. */
  readonly headers: { readonly [name: string]: string | readonly string[] }
  readonly body: Uint8Array
}

/** What is verified, and how. @internal */
export interface Subject {
  readonly form: HmacForm
  readonly secrets: readonly string[]
  readonly request: DebugRequest
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly toleranceMs: number
}

/** What would be verified if a hypothesis were true. @internal */
export interface Variation {
  readonly subject: Subject
  /** Which of several it is: never anything of a secret. */
  readonly detail?: string
}

/** One of the usual mistakes. @internal */
export interface Hypothesis {
  /** Stable, for programs. */
  readonly name: string
  /** Two mistakes at once are looked for in different groups only. */
  readonly group: string
  /** What went wrong, in words. */
  readonly text: string
  /** What to do about it. */
  readonly help: string
  /** The subject as it would have to be; none where the hypothesis does not apply. */
  readonly vary: (subject: Subject) => readonly Variation[]
}

/** @internal */
export function withForm(subject: Subject, form: Partial<HmacForm>): Subject {
  return { ...subject, form: { ...subject.form, ...form } }
}

/** @internal */
export function withRequest(subject: Subject, request: Partial<DebugRequest>): Subject {
  return { ...subject, request: { ...subject.request, ...request } }
}

/** The header as it is spelled in the message, with its values. @internal */
export function headerEntry(
  { headers }: DebugRequest,
  name: string,
): { readonly name: string; readonly values: readonly string[] } | null {
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase())
  if (found === undefined) return null
  const [spelled, value] = found
  return { name: spelled, values: typeof value === 'string' ? [value] : value }
}

/** The first value of a header that a proxy may have made a list of. @internal */
export function firstValue(request: DebugRequest, name: string): string | null {
  const value = headerEntry(request, name)?.values[0]?.split(',')[0]?.trim() ?? ''
  return value === '' ? null : value
}

/** The message with another value of a header. @internal */
export function withHeader(subject: Subject, name: string, value: string | readonly string[]): Subject {
  const spelled = headerEntry(subject.request, name)?.name ?? name
  return withRequest(subject, { headers: { ...subject.request.headers, [spelled]: value } })
}
