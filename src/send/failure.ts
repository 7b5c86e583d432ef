import { CODES, type ErrorCode, type Phase, SecurityError } from '../errors.ts'
import { isOwn } from '../total.ts'

/** How far errors are searched for what caused them. */
const MAX_CAUSES = 8

interface Reason {
  readonly message: string
  readonly retryable: boolean
}

const CLOSED: Reason = { message: 'the connection was closed before the answer was complete', retryable: true }
const SILENT: Reason = { message: 'the host does not answer', retryable: true }
const UNNAMED: Reason = { message: 'the name of the host cannot be resolved', retryable: true }
const UNTRUSTED: Reason = { message: 'the certificate of the host is not trusted', retryable: false }
const UNSENDABLE: Reason = { message: '`fetch` refuses the request', retryable: false }
const NO_TLS: Reason = { message: 'the host does not speak TLS', retryable: false }

/** What platforms call their network failures; anything else is told without a reason. */
const REASONS = new Map<string, Reason>([
  ['ENOTFOUND', UNNAMED],
  ['EAI_AGAIN', UNNAMED],
  ['ECONNREFUSED', { message: 'the host refuses connections', retryable: true }],
  ['ECONNRESET', CLOSED],
  ['EPIPE', CLOSED],
  ['UND_ERR_SOCKET', CLOSED],
  ['EHOSTUNREACH', SILENT],
  ['ENETUNREACH', SILENT],
  ['ETIMEDOUT', SILENT],
  ['UND_ERR_CONNECT_TIMEOUT', SILENT],
  ['UND_ERR_HEADERS_TIMEOUT', SILENT],
  ['UND_ERR_BODY_TIMEOUT', SILENT],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['CERT_HAS_EXPIRED', UNTRUSTED],
  ['CERT_NOT_YET_VALID', UNTRUSTED],
  ['ERR_TLS_CERT_ALTNAME_INVALID', UNTRUSTED],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['EPROTO', NO_TLS],
  ['UND_ERR_INVALID_ARG', UNSENDABLE],
  ['UND_ERR_NOT_SUPPORTED', UNSENDABLE],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', UNSENDABLE],
])

const UNKNOWN: Reason = { message: CODES.ERR_SEND_FAILED.title, retryable: true }

/** What a platform's network error is told as: it may quote headers and URLs, so nothing of it but a known code is read. @internal */
export function sendFailure(error: unknown, phase: Phase): SecurityError {
  const own = ownCause(error)
  if (own !== undefined) return own
  const { message, retryable } =
    causesOf(error)
      .map(reasonOf)
      .find((reason) => reason !== undefined) ?? UNKNOWN
  return new SecurityError('ERR_SEND_FAILED', { message, retryable, phase })
}

/** Our error in a platform's, such as that of a guard. @internal */
export function ownCause(error: unknown): SecurityError | undefined {
  return causesOf(error).find(isOwn)
}

/** Runs what may reject with anything, so that nothing but a {@link SecurityError} leaves it. @internal */
export async function ownErrors<T>(run: () => Promise<T> | T, failure: () => SecurityError): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw ownError(error) ?? failure()
  }
}

/** Runs what happens once the tool has answered: whatever fails then says so. @internal */
export async function afterAnswer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!isOwn(error)) throw error
    const { code, message, issues, retryable, retryAfterMs } = error
    const details = { message, retryable, phase: 'response' } as const
    const known = { ...(issues && { issues }), ...(retryAfterMs !== undefined && { retryAfterMs }) }
    throw new SecurityError(code, { ...details, ...known })
  }
}

/** An error of this copy of the package, or one of another copy told anew; `null` for any other. */
function ownError(error: unknown): SecurityError | null {
  if (isOwn(error)) return error
  try {
    const { name, code, retryable } = error as Partial<SecurityError>
    const isOurs = name === 'SecurityError' && typeof code === 'string' && Object.hasOwn(CODES, code)
    return isOurs ? new SecurityError(code as ErrorCode, { retryable: retryable === true }) : null
  } catch {
    return null
  }
}

/** An error, then what caused it, one after the other. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && causes.length < MAX_CAUSES) {
    const next = waiting.shift()
    causes.push(next)
    const { cause, errors } = readCauses(next)
    if (cause !== undefined) waiting.push(cause)
    if (Array.isArray(errors)) waiting.push(...errors.slice(0, MAX_CAUSES))
  }
  return causes
}

function readCauses(error: unknown): { readonly cause?: unknown; readonly errors?: unknown } {
  try {
    const { cause, errors } = error as AggregateError
    return { cause, errors }
  } catch {
    return {}
  }
}

function reasonOf(error: unknown): Reason | undefined {
  try {
    const { code } = error as { readonly code?: unknown }
    return typeof code === 'string' ? REASONS.get(code) : undefined
  } catch {
    return undefined
  }
}
