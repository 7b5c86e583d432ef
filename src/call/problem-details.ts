import type { IssueCode } from '../errors.ts'
import type { CallProblem } from './types.ts'

/** An RFC 9457 problem, to be sent as `application/problem+json`. */
export interface ProblemDetails {
  /** A URN that names the kind of problem. */
  readonly type: string
  /** The kind of problem in words. */
  readonly title: string
  /** 503 if the failure is the platform's own and may pass, else 400. */
  readonly status: 400 | 503
  /** How many problems there are. */
  readonly detail: string
  /** Every problem, sorted by pointer. */
  readonly problems: readonly {
    /** Stable code; branch on this. */
    readonly code: IssueCode
    /** JSON Pointer (RFC 6901) into the call payload. */
    readonly pointer: string
    /** Name of the tool it belongs to, as far as it is known. */
    readonly tool: string | null
    /** What is wrong: one line, never a value. */
    readonly message: string
    /** What to do about it. */
    readonly help?: string
  }[]
}

const OWN_FAILURES: readonly IssueCode[] = ['ERR_TOOL_LOOKUP', 'ERR_CALL_TOKEN_MINT', 'ERR_CREDENTIAL_LOOKUP']

/**
 * Turns the problems of a call into a body that a platform can answer with as it is.
 *
 * @param result A failed result of `resolveCall`.
 * @returns Names, pointers and help; never a token.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457 RFC 9457}
 * @example
 * const body = toProblemDetails(result)
 * new Response(JSON.stringify(body), { status: body.status, headers: { 'content-type': 'application/problem+json' } })
 */
export function toProblemDetails(result: { readonly problems: readonly CallProblem[] }): ProblemDetails {
  const { problems } = result
  const own = problems.some(({ code }) => OWN_FAILURES.includes(code))
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return {
    type: own ? 'urn:latchkey:problem:call-not-resolved' : 'urn:latchkey:problem:call-invalid',
    title: own ? 'The call could not be resolved now' : 'The call payload is not valid',
    status: own ? 503 : 400,
    detail: `${count} in the selected tools`,
    problems: problems.map(({ code, pointer, tool, message, help }) =>
      help === undefined ? { code, pointer, tool, message } : { code, pointer, tool, message, help },
    ),
  }
}
