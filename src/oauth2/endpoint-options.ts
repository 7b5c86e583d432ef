import { readOptions } from '../read-options.ts'
import type { RequestAccessTokenOptions, TokenEndpointOptions, TokenFetch } from './types.ts'

const MAX_TIMEOUT_MS = 600_000

/** What options may hold, for {@link readOptions}. @internal */
export const ENDPOINT_OPTIONS: {
  readonly [name in keyof TokenEndpointOptions]-?: readonly string[] | ((value: unknown) => boolean)
} = {
  fetch: isFunction,
  now: isFunction,
  timeoutMs: (value: unknown): boolean => isBetween(value, 1, MAX_TIMEOUT_MS),
  allowLoopbackHttp: isBoolean,
  missingScopes: ['refuse', 'allow'],
}

/** @internal */
export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

/** @internal */
export function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

/** @internal */
export function isSignal(value: unknown): boolean {
  return value instanceof AbortSignal
}

/** {@link TokenEndpointOptions} with their defaults. @internal */
export type TokenEndpoint = Required<TokenEndpointOptions>

/** @internal */
export function withDefaults(options: Partial<TokenEndpointOptions>): TokenEndpoint {
  const {
    fetch: ask = platformFetch,
    now = Date.now,
    timeoutMs = 10_000,
    allowLoopbackHttp = false,
    missingScopes = 'refuse',
  } = options
  return { fetch: ask, now, timeoutMs, allowLoopbackHttp, missingScopes }
}

// Looked up at each request, as users who replace it expect.
const platformFetch: TokenFetch = (url, init) => fetch(url, init)

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readRequestOptions(options: unknown): Partial<RequestAccessTokenOptions> {
  return readOptions<RequestAccessTokenOptions>(options, { ...ENDPOINT_OPTIONS, signal: isSignal })
}
