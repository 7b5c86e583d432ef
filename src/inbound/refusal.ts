/** How a refusal is written: TelAPI's envelope, or problem details (RFC 9457). */
export type RefusalStyle = 'envelope' | 'problem'

/** A refusal as HTTP says it; its texts are fixed, so that nothing of a request comes back (T90). */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number
  /** Stable code, such as `insufficient_scope`. */
  readonly code: string
  /** What is wrong, in one sentence. */
  readonly message: string
  /** Header fields, such as `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>
}

/** A refusal ready to be sent. */
export interface RenderedRefusal {
  /** The HTTP status. */
  readonly status: number
  /** All header fields. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, JSON. */
  readonly body: string
}

/** Writes a refusal. @internal */
export function renderRefusal(refusal: Refusal, style: RefusalStyle, requestId: string): RenderedRefusal {
  const { status, code, message, headers } = refusal
  const isProblem = style === 'problem'
  const problem = { type: TYPES[code] ?? 'about:blank', title: message, status, code, requestId }
  const body = isProblem ? problem : { error: { code, message, requestId } }
  return {
    status,
    headers: {
      ...headers,
      'Content-Type': isProblem ? 'application/problem+json' : 'application/json',
      'Cache-Control': 'no-store',
    },
    body: JSON.stringify(body),
  }
}

/** draft-ietf-httpapi-ratelimit-headers; there is no other registered type that fits. */
const TYPES: { readonly [code: string]: string | undefined } = {
  daily_limit_reached: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
}
