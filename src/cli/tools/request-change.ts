import { SecurityError } from '../../errors.ts'
import { isToken } from '../../http/grammar.ts'
import { splitUrl } from '../../http/url.ts'
import { apply } from '../../plan/apply.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { HttpRequest, Resolution, ToolDefinition } from '../../types.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'

/** The request that `--request` and `--method` describe. @internal */
export interface AskedRequest {
  readonly url: string | undefined
  readonly method: string | undefined
}

/** A request before and after; each `null` where it cannot be made. Still holds the credentials. @internal */
export interface RequestChange {
  readonly before: HttpRequest | null
  readonly after: HttpRequest | null
  /** Why the credentials are not written into this request. */
  readonly refusal: Issue | null
}

/** @throws A {@link CouldNotRun}; neither value is echoed, since a URL may hold a key. @internal */
export function readAskedRequest(args: Arguments): AskedRequest {
  const url = lastValue(args, 'request')
  const method = lastValue(args, 'method')
  if (url !== undefined && !/^https?:\/\//i.test(url)) throw new CouldNotRun('--request takes an absolute http(s) URL')
  if (method !== undefined && !isToken(method)) throw new CouldNotRun('--method takes an HTTP method, such as `POST`')
  return { url, method }
}

/** Applies a resolution to the request that was asked for, or to the one that the definition describes. @internal */
export function changeRequest(definition: ToolDefinition, resolution: Resolution, asked: AskedRequest): RequestChange {
  const pattern = definition.http?.baseUrlPattern
  const url = asked.url ?? pattern
  if (url === undefined) return { before: null, after: null, refusal: null }
  const before = { method: asked.method ?? definition.http?.httpMethod ?? 'GET', url, headers: {} }
  // A pattern with placeholders is no URL yet, and a need that is owed would be missing from it.
  const applicable = resolution.ok && resolution.needs.length === 0 && (asked.url !== undefined || !url.includes('{'))
  if (!applicable) return { before, after: null, refusal: null }
  // Only a URL that says plainly where it goes can stand in for the origin that the definition lacks.
  const origin = definition.http === undefined ? splitUrl(url)?.origin : undefined
  if (definition.http === undefined && origin === undefined) return refuse(before, new SecurityError('ERR_URL_INVALID'))
  try {
    return { before, after: apply(before, resolution, origin === undefined ? {} : { origin }), refusal: null }
  } catch (error) {
    if (!(error instanceof SecurityError)) throw error
    return refuse(before, error)
  }
}

function refuse(before: HttpRequest, { code, message }: SecurityError): RequestChange {
  return { before, after: null, refusal: makeIssue(code, '', message) }
}
