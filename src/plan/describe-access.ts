import { planOf } from './compile.ts'
import { isAnonymousOption } from './select.ts'

/** One way to run a tool: every one of its names must be supplied. */
export interface AccessWay {
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** Requirement names, sorted. */
  readonly names: readonly string[]
  /** Scopes of the call token that the platform must be able to mint; none where it needs no call token. */
  readonly callTokenScopes: readonly string[]
}

/** Who can run a tool. */
export interface Access {
  /** Whether the tool can run without authentication. */
  readonly anonymous: boolean
  /** Why it can: the definition asks for nothing, or an anonymous option is a last resort. `null` where it cannot. */
  readonly anonymousBecause: 'noOptions' | 'lastResort' | null
  /** The ways to run it with authentication, in definition order. */
  readonly ways: readonly AccessWay[]
  /** Every requirement name of the definition, sorted. */
  readonly names: readonly string[]
}

/**
 * Describes which sets of names run a tool, and whether it can run anonymously: for reviews and access lists.
 *
 * @param definition A definition or a plan.
 * @returns The ways in definition order; names only, never values.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID`.
 * @example
 * describeAccess(tool) // { anonymous: false, anonymousBecause: null, ways: [{ optionIndex: 0, names: ['apiKey'], … }], … }
 */
export function describeAccess(definition: unknown): Access {
  const plan = planOf(definition)
  const noOptions = plan.options.length === 0
  const lastResort = plan.options.some(isAnonymousOption)
  return {
    anonymous: noOptions || lastResort,
    anonymousBecause: noOptions ? 'noOptions' : lastResort ? 'lastResort' : null,
    ways: plan.options
      .filter((option) => !isAnonymousOption(option))
      .map(({ index, steps, callTokenScopes }) => ({
        optionIndex: index,
        names: steps.map(({ name }) => name),
        callTokenScopes,
      })),
    names: plan.names.map(({ name }) => name),
  }
}
