import type { IssueCode } from '../errors.ts'
import type { CallProblem } from './types.ts'

/** An RFC 9457 problem, to be sent as `application/problem+json`. */
export interface ProblemDetails {
  readonly type: string
  readonly title: string
  /** 503 if the failure is the platform's own and may pass, else 400. */
  readonly status: 400 | 503
  readonly detail: string
  readonly problems: readonly {
    readonly code: IssueCode
    readonly pointer: string
    readonly tool: string | null
    readonly message: string
    readonly help?: string
  }[]
}

const OWN_FAILURES: readonly IssueCode[] = ['ERR_TOOL_LOOKUP', 'ERR_CALL_TOKEN_MINT']

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
