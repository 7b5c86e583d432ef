import { SecurityError } from './errors.ts'
import { plainKeys } from './plain-keys.ts'

/** What {@link readOptions} takes in place of a value that could change between check and use. @internal */
export interface CopiedValue {
  readonly copy: unknown
}

/** The options of a function, each with its values or a test of them. @internal */
export type Allowed = { readonly [name: string]: readonly string[] | ((value: unknown) => boolean | CopiedValue) }

/**
 * Reads an options argument: own properties only, each once; anything unknown is refused, because an ignored typo in
 * `anonymous: 'never'` would open what it was meant to close.
 *
 * @param allowed For each option its values, or a test of them, which may give a private copy.
 * @returns A copy without a prototype; options that are `undefined` are left out.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function readOptions<T extends object>(options: unknown, allowed: Allowed): Partial<T> {
  const copy = Object.create(null) as Record<string, unknown>
  if (options === undefined) return copy as Partial<T>
  try {
    for (const name of keysOf(options)) {
      const value: unknown = (options as Record<string, unknown>)[name]
      if (value === undefined) continue
      const values = Object.hasOwn(allowed, name) ? allowed[name] : undefined
      if (values === undefined) throw refuse(`unknown option \`${name.toWellFormed()}\``)
      const fits = typeof values === 'function' ? values(value) : values.includes(value as string)
      if (fits === false) throw refuse(`option \`${name}\` has a value that is not allowed`)
      copy[name] = fits === true ? value : fits.copy
    }
  } catch (error) {
    if (error instanceof SecurityError) throw error
    throw refuse('the options could not be read')
  }
  return copy as Partial<T>
}

function keysOf(options: unknown): readonly string[] {
  const keys = plainKeys(options)
  if (keys === null) throw refuse('expected the options as an object')
  return keys
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}

/** @internal */
export function isString(value: unknown): value is string {
  return typeof value === 'string'
}
