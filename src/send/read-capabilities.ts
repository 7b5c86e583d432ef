import { type CopiedValue, isString, readOptions } from '../read-options.ts'
import type { Capabilities, PrepareOptions, SendOptions } from './capabilities.ts'

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readCapabilities(capabilities: unknown): Partial<Capabilities> {
  return readOptions<Capabilities>(capabilities, CAPABILITIES)
}

/** What {@link readCapabilities} takes. @internal */
export const CAPABILITIES: {
  readonly [name in keyof Required<Capabilities>]: (value: unknown) => boolean | CopiedValue
} = {
  credentialStore: (store) => takeMethods(store, ['use']),
  tokenCache: (cache) => takeMethods(cache, ['getToken', 'dropToken']),
  mintCallToken: isFunction,
  fetch: isFunction,
  clock: isFunction,
  newId: isFunction,
  observe: isFunction,
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** The methods of an object of any class, each read once. @internal */
export function takeMethods(object: unknown, names: readonly string[]): boolean | CopiedValue {
  if (typeof object !== 'object' || object === null) return false
  const copy: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    const method: unknown = (object as Record<string, unknown>)[name]
    if (typeof method !== 'function') return false
    copy[name] = (...values: unknown[]) => Reflect.apply(method, object, values)
  }
  return { copy }
}

const PREPARE_OPTIONS = {
  origin: isString,
  callId: (value: unknown) => isString(value) && value !== '',
  signal: (value: unknown) => value instanceof AbortSignal,
}

/** The options of sending alone: those that a platform has once. @internal */
export const SEND_POLICY = {
  redirects: ['refuse', 'sameOrigin', 'strip'],
  maxRedirects: (value: unknown): boolean => isInteger(value, 20),
  timeoutMs: (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= 0x7fff_ffff,
  maxResponseBytes: (value: unknown): boolean => isInteger(value, Number.MAX_SAFE_INTEGER),
} as const

function isInteger(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max
}

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readPrepareOptions(options: unknown): Partial<PrepareOptions> {
  return readOptions<PrepareOptions>(options, PREPARE_OPTIONS)
}

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readSendOptions(options: unknown): Partial<SendOptions> {
  return readOptions<SendOptions>(options, { ...PREPARE_OPTIONS, ...SEND_POLICY })
}
