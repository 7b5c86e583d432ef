import type { MissingFromOption } from '../types.ts'
import { ABSENT } from './absent.ts'
import { type Plan, type PlanName, type PlanOption, workOf } from './compile.ts'

/** What the choice depends on besides names. @internal */
export interface SelectSettings {
  readonly canMint: boolean
  readonly callTokenCounts: boolean
  readonly refuseAnonymous: boolean
}

/** Which of the plan's names are supplied. @internal */
export interface SuppliedNames {
  /** Their positions in the plan's names. */
  readonly indexes: readonly number[]
  /** By position in the plan's names: {@link ABSENT} where nothing is supplied. */
  readonly values: readonly unknown[]
}

/** @internal */
export function isAnonymousOption(option: PlanOption): boolean {
  return option.steps.length === 0 && option.callTokenScopes.length === 0
}

/** Whether an option competes only after all others: anonymous, or nothing but a call token that does not count. */
function isLastResort(option: PlanOption, settings: SelectSettings): boolean {
  return option.steps.length === 0 && (option.callTokenScopes.length === 0 || !settings.callTokenCounts)
}

/**
 * The first non-empty option whose requirements are all supplied (SEL-1), or `null`.
 *
 * Walks the supplied names, not the options: each leads to the options that start with it, so that the cost depends on
 * what is supplied and hardly on how many options there are.
 * @internal
 */
export function selectFirst(plan: Plan, supplied: SuppliedNames, settings: SelectSettings): PlanOption | null {
  let first = selectCallToken(plan, settings)
  const { names, options } = workOf(plan)
  for (const nameIndex of supplied.indexes) {
    // INVARIANT: both indexes are the plan's own.
    for (const optionIndex of (names[nameIndex] as PlanName).opens) {
      if (first !== null && first.index < optionIndex) continue
      const option = options[optionIndex] as PlanOption
      if (isSatisfied(option, supplied.values, settings.canMint)) first = option
    }
  }
  return first
}

function isSatisfied(option: PlanOption, values: readonly unknown[], canMint: boolean): boolean {
  if (option.callTokenScopes.length > 0 && !canMint) return false
  for (const step of option.steps) if (values[step.nameIndex] === ABSENT) return false
  return true
}

/** The first option of nothing but a call token, where that ranks as non-empty (SEL-6). */
function selectCallToken(plan: Plan, { canMint, callTokenCounts }: SelectSettings): PlanOption | null {
  if (!plan.ranksCallToken || !canMint || !callTokenCounts) return null
  // INVARIANT: a plan that ranks a call token has such an option.
  return workOf(plan).options.find(
    (option) => option.steps.length === 0 && option.callTokenScopes.length > 0,
  ) as PlanOption
}

/** The first option that may be taken as a last resort (SEL-2, SEL-6, TOK-3), or `null`. @internal */
export function selectLastResort(plan: Plan, settings: SelectSettings): PlanOption | null {
  for (const option of workOf(plan).options) {
    if (!isLastResort(option, settings)) continue
    if (isAnonymousOption(option) ? !settings.refuseAnonymous : settings.canMint) return option
  }
  return null
}

/** What each of these options lacks, the anonymous ones left out (SEL-4). @internal */
export function listMissing(
  options: readonly PlanOption[],
  { values }: SuppliedNames,
  canMint: boolean,
): readonly MissingFromOption[] {
  return options
    .filter((option) => !isAnonymousOption(option))
    .map((option) => {
      const names = option.steps.filter((step) => values[step.nameIndex] === ABSENT).map((step) => step.name)
      return Object.freeze({
        optionIndex: option.index,
        names: Object.freeze(names),
        callToken: option.callTokenScopes.length > 0 && !canMint,
      })
    })
}
