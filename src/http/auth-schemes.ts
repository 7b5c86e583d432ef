// https://www.iana.org/assignments/http-authschemes
const REGISTERED = [
  'Basic',
  'Bearer',
  'Concealed',
  'Digest',
  'DPoP',
  'GNAP',
  'HOBA',
  'Mutual',
  'Negotiate',
  'OAuth',
  'PrivateToken',
  'SCRAM-SHA-1',
  'SCRAM-SHA-256',
  'vapid',
] as const

/** The auth-schemes that IANA has registered. @internal */
export const REGISTERED_AUTH_SCHEMES: readonly string[] = REGISTERED

/** Whether an auth-scheme is registered; schemes compare without regard to case (RFC 9110 section 11.1). @internal */
export function isRegisteredAuthScheme(scheme: string): boolean {
  const lower = scheme.toLowerCase()
  return REGISTERED.some((known) => known.toLowerCase() === lower)
}
