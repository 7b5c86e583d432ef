import type { MissingFromOption } from '../types.ts'
import type { Plan, PlanOption } from './compile.ts'
import { ABSENT } from './tokens.ts'

/** What the choice depends on besides names. @internal */
export interface SelectSettings {
  readonly canMint: boolean
  readonly callTokenCounts: boolean
  readonly refuseAnonymous: boolean
}

/** By position in the plan's names: {@link ABSENT}, or anything else where the name is supplied. @internal */
export type SuppliedValues = readonly unknown[]

/** @internal */
export function isAnonymousOption(option: PlanOption): boolean {
  return option.steps.length === 0 && option.callTokenScopes.length === 0
}

/** Whether an option competes only after all others: anonymous, or nothing but a call token that does not count. */
function isLastResort(option: PlanOption, settings: SelectSettings): boolean {
  return option.steps.length === 0 && (option.callTokenScopes.length === 0 || !settings.callTokenCounts)
}

function isSatisfied(option: PlanOption, supplied: SuppliedValues, canMint: boolean): boolean {
  if (option.callTokenScopes.length > 0 && !canMint) return false
  for (const step of option.steps) if (supplied[step.nameIndex] === ABSENT) return false
  return true
}

/** The first non-empty option whose requirements are all supplied (SEL-1), or `null`. @internal */
export function selectFirst(plan: Plan, supplied: SuppliedValues, settings: SelectSettings): PlanOption | null {
  for (const option of plan.options) {
    if (!isLastResort(option, settings) && isSatisfied(option, supplied, settings.canMint)) return option
  }
  return null
}

/** The first option that may be taken as a last resort (SEL-2, SEL-6, TOK-3), or `null`. @internal */
export function selectLastResort(plan: Plan, settings: SelectSettings): PlanOption | null {
  for (const option of plan.options) {
    if (!isLastResort(option, settings)) continue
    if (isAnonymousOption(option) ? !settings.refuseAnonymous : settings.canMint) return option
  }
  return null
}

/** What each non-empty option lacks (SEL-4). @internal */
export function listMissing(plan: Plan, supplied: SuppliedValues, canMint: boolean): readonly MissingFromOption[] {
  return plan.options
    .filter((option) => !isAnonymousOption(option))
    .map((option) => {
      const names = option.steps.filter((step) => supplied[step.nameIndex] === ABSENT).map((step) => step.name)
      return Object.freeze({
        optionIndex: option.index,
        names: Object.freeze(names),
        callToken: option.callTokenScopes.length > 0 && !canMint,
      })
    })
}
