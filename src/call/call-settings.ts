import { SecurityError } from '../errors.ts'
import { isString, readOptions } from '../read-options.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue, ParseOptions, ResolveOptions } from '../types.ts'
import type { ResolveCallOptions } from './types.ts'

/** The options of a whole call, read once and sorted by what they are for. @internal */
export interface CallSettings {
  readonly options: Partial<ResolveCallOptions>
  readonly templateContext: JsonValue | undefined
  readonly parse: ParseOptions
  readonly resolve: ResolveOptions
}

const CALL_OPTIONS = {
  findTool: isFunction,
  mintCallToken: isFunction,
  credentialStore: (value: unknown) => typeof value === 'object' && value !== null,
  callId: isName,
  expiresAt: (value: unknown) => Number.isFinite(value),
  templateContext: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  patches: isBoolean,
  anonymous: ['lastResort', 'never'],
  unusedTokens: ['notice', 'refuse'],
  callTokenCounts: isBoolean,
  tenant: isName,
  environment: isName,
  unknownFields: ['refuse', 'allow'],
  allowInsecureOrigins: Array.isArray,
} as const

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readCallSettings(given: unknown): CallSettings {
  const options = readOptions<ResolveCallOptions>(given, CALL_OPTIONS)
  if (options.mintCallToken !== undefined && options.callId === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', {
      message: '`mintCallToken` needs the `callId` that its tokens are for',
    })
  }
  const { anonymous, unusedTokens, callTokenCounts, tenant, environment, mintCallToken } = options
  const { unknownFields, allowInsecureOrigins } = options
  return {
    options,
    templateContext: options.templateContext === undefined ? undefined : copyContext(options.templateContext),
    parse: withoutUndefined({ unknownFields, allowInsecureOrigins }),
    resolve: withoutUndefined({ anonymous, unusedTokens, callTokenCounts, tenant, environment, mintCallToken }),
  }
}

/** Variables fill tokens, and so may be secrets. */
function copyContext(context: unknown): JsonValue {
  const copy = snapshot(context, { reveal: true })
  if (copy.ok) return copy.value
  const places = copy.issues.map(({ pointer, message }) => `at \`${pointer}\`: ${message}`)
  throw new SecurityError('ERR_ARGUMENT_INVALID', {
    message: `\`templateContext\` cannot be used, ${places.join('; ')}`,
  })
}

/** Leaves out what is `undefined`. */
function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** @internal */
export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

/** Whether it names something: a tenant, a call. @internal */
export function isName(value: unknown): boolean {
  return isString(value) && value !== '' && value.isWellFormed()
}
