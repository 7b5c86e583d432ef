import { SecurityError } from '../errors.ts'
import { total } from '../total.ts'
import type { ResolveOptions } from '../types.ts'
import { ABSENT } from './absent.ts'
import { type Plan, type PlanOption, planOf } from './compile.ts'
import { readResolveOptions } from './resolve-options.ts'
import {
  isAnonymousOption,
  listMissing,
  type SelectSettings,
  type SuppliedNames,
  selectFirst,
  selectLastResort,
} from './select.ts'

/** What became of one option, and why. */
export interface OptionExplanation {
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** `laterOption`: satisfied too, but an earlier one was taken. `lastResort`: anonymous, and not needed. */
  readonly verdict: 'chosen' | 'missing' | 'laterOption' | 'lastResort' | 'anonymousRefused'
  /** Its requirement names that are supplied, sorted. */
  readonly supplied: readonly string[]
  /** Its requirement names that are not, sorted. */
  readonly missing: readonly string[]
  /** Whether it lacks the ability to mint a call token. */
  readonly callTokenMissing: boolean
  /** Whether it asks for nothing at all. */
  readonly anonymous: boolean
  /** The clause of the specification that decided, such as `SEL-1`. */
  readonly clause: string
  /** The same in words, one line. */
  readonly text: string
}

/** Why an outcome comes about, from names alone. */
export interface Explanation {
  /** The outcome that usable tokens under these names would give. */
  readonly outcome: 'authenticated' | 'unauthenticated' | 'unsatisfied'
  /** The chosen option; `null` when there is none. */
  readonly optionIndex: number | null
  /** One entry an option, in definition order. */
  readonly options: readonly OptionExplanation[]
  /** The outcome in words, one line. */
  readonly text: string
}

/**
 * Explains which option a set of names would choose, and what became of every other one.
 *
 * Takes names only: values are not needed and not accepted, so nothing secret can show (SEC-1). Whether the values are
 * usable is for {@link resolve} to say.
 *
 * @param planOrDefinition A plan, or a definition; one that is not valid throws.
 * @param suppliedNames Names for which a token exists.
 * @param options The same settings that `resolve` gets; only whether `mintCallToken` is there is read.
 * @returns The outcome and one entry an option, each with the clause that decided.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID` or `ERR_ARGUMENT_INVALID`.
 * @example
 * explain(tool, ['user_id']).options[0]?.text // 'option 0 lacks `auth_token`'
 */
export function explain(
  planOrDefinition: unknown,
  suppliedNames: Iterable<string>,
  options?: ResolveOptions,
): Explanation {
  const plan = planOf(planOrDefinition)
  const settings = readResolveOptions(options)
  const names = total('ERR_ARGUMENT_INVALID', () => readNames(suppliedNames))
  const values = plan.names.map(({ name }) => (names.has(name) ? name : ABSENT))
  const supplied = { values, indexes: values.flatMap((value, index) => (value === ABSENT ? [] : [index])) }
  const chosen = selectFirst(plan, supplied, settings) ?? selectLastResort(plan, settings)
  const outcome = outcomeOf(plan, chosen, settings)
  return {
    outcome,
    optionIndex: chosen?.index ?? null,
    options: plan.options.map((option) => explainOption(option, chosen, supplied, settings)),
    text: outcomeText(outcome, chosen),
  }
}

const MAX_NAMES = 10_000

/** A list may be endless, or hold what is no name. */
function readNames(suppliedNames: Iterable<unknown>): ReadonlySet<string> {
  if (typeof suppliedNames === 'string')
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected a list of names' })
  const names = new Set<string>()
  let count = 0
  for (const name of suppliedNames) {
    count += 1
    if (typeof name !== 'string' || count > MAX_NAMES) {
      throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `expected at most ${MAX_NAMES} names, each a text` })
    }
    names.add(name)
  }
  return names
}

function outcomeOf(plan: Plan, chosen: PlanOption | null, settings: SelectSettings): Explanation['outcome'] {
  if (chosen !== null) return isAnonymousOption(chosen) ? 'unauthenticated' : 'authenticated'
  return plan.options.length > 0 || settings.refuseAnonymous ? 'unsatisfied' : 'unauthenticated'
}

function outcomeText(outcome: Explanation['outcome'], chosen: PlanOption | null): string {
  if (outcome === 'unsatisfied') return 'no option is satisfied'
  if (chosen === null) return 'the definition asks for no authentication'
  return outcome === 'authenticated'
    ? `option ${chosen.index} is chosen`
    : `option ${chosen.index} is chosen: no authentication`
}

function explainOption(
  option: PlanOption,
  chosen: PlanOption | null,
  supplied: SuppliedNames,
  settings: SelectSettings,
): OptionExplanation {
  const lacks = listMissing([option], supplied, settings.canMint)[0]
  const missing = lacks?.names ?? []
  const anonymous = isAnonymousOption(option)
  const callTokenMissing = lacks?.callToken ?? false
  const verdict =
    option.index === chosen?.index
      ? 'chosen'
      : missing.length > 0 || callTokenMissing
        ? 'missing'
        : !anonymous
          ? 'laterOption'
          : settings.refuseAnonymous && chosen === null
            ? 'anonymousRefused'
            : 'lastResort'
  const { clause, text } = VERDICTS[verdict](option, chosen, missing, callTokenMissing)
  const names = option.steps.map(({ name }) => name)
  return {
    optionIndex: option.index,
    verdict,
    supplied: names.filter((name) => !missing.includes(name)),
    missing,
    callTokenMissing,
    anonymous,
    clause,
    text: `option ${option.index} ${text}`,
  }
}

type Wording = (
  option: PlanOption,
  chosen: PlanOption | null,
  missing: readonly string[],
  callToken: boolean,
) => { readonly clause: string; readonly text: string }

const VERDICTS: Record<OptionExplanation['verdict'], Wording> = {
  chosen: (option) =>
    isAnonymousOption(option)
      ? {
          clause: 'SEL-2',
          text: 'is the last resort: no option with requirements is satisfied, so the tool runs unauthenticated',
        }
      : { clause: 'SEL-1', text: 'is the first whose requirements are all supplied' },
  missing: (_option, _chosen, missing, callToken) => {
    const lacks = [...missing.map((name) => `\`${name}\``), ...(callToken ? ['the ability to mint a call token'] : [])]
    return { clause: callToken ? 'SEL-6' : 'SEL-1', text: `lacks ${lacks.join(' and ')}` }
  },
  laterOption: (_option, chosen) => ({
    clause: 'SEL-1',
    text: `is satisfied too, but option ${chosen?.index} comes first`,
  }),
  lastResort: (_option, chosen) => ({
    clause: 'SEL-2',
    text: `is anonymous and not needed: option ${chosen?.index} is taken`,
  }),
  anonymousRefused: () => ({ clause: 'TOK-3', text: 'is anonymous, and that was refused' }),
}
