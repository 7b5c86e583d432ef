import { callTokenScopes, optionsOf, requirementsOf } from '../definition/options.ts'
import { isParsed, parseOrThrow, readingOf } from '../definition/parse.ts'
import { SecurityError } from '../errors.ts'
import type { Credential } from '../kinds/row.ts'
import { type BoundKind, bindKind } from '../kinds/table.ts'
import type { Binding, Named, Notice, ParseOptions, Requirement, ToolDefinition } from '../types.ts'
import { ABSENT } from './absent.ts'
import { bindingOf, credentialNotices } from './binding.ts'

/** A requirement of one option, ready for use. @internal */
export interface PlanStep {
  readonly name: string
  /** Index into {@link Plan.names}. */
  readonly nameIndex: number
  readonly requirement: Requirement
  readonly kind: BoundKind
}

/** One option, ready for use. @internal */
export interface PlanOption {
  readonly index: number
  /** Sorted by name. */
  readonly steps: readonly PlanStep[]
  /** Scopes of its call token; none where it asks for no call token. */
  readonly callTokenScopes: readonly string[]
}

/** A requirement name, every way it is used, and the options whose first name it is. @internal */
export interface PlanName {
  readonly name: string
  readonly uses: readonly BoundKind[]
  readonly opens: readonly number[]
}

/**
 * A compiled definition: frozen, without secrets, safe to share between calls.
 *
 * Opaque but for its definition; make it with {@link compile} and give it to {@link resolve}.
 */
export interface Plan<Name extends string = string> extends Named<Name> {
  /** The definition it was made from. */
  readonly definition: ToolDefinition
  /** @internal */
  readonly options: readonly PlanOption[]
  /** Every requirement name once, sorted. @internal */
  readonly names: readonly PlanName[]
  /** Position in `names` by name; without a prototype. @internal */
  readonly nameIndex: { readonly [name: string]: number }
  /** Whether an option asks for nothing but a call token, so that its rank can decide (SEL-6). @internal */
  readonly ranksCallToken: boolean
  /** @internal */
  readonly binding: Binding
  /** Notices that any resolution that sends a credential carries. @internal */
  readonly credentialNotices: readonly Notice[]
}

/** The requirement names that a plan or a defined tool carries in its type. */
export type NamesOf<T> = T extends { readonly '~requirementNames'?: (name: infer Name extends string) => void }
  ? Name
  : string

/**
 * The arrays that every resolution walks. Kept apart from the plan because reading frozen arrays is many times slower on
 * Node 20; nobody else can reach them.
 * @internal
 */
export interface PlanWork {
  readonly options: readonly PlanOption[]
  readonly names: readonly PlanName[]
  /** One {@link ABSENT} a name, to be copied. */
  readonly absent: readonly (typeof ABSENT)[]
}

const plans = new WeakMap<object, Plan>()
const work = new WeakMap<Plan, PlanWork>()

/** @internal */
export function workOf(plan: Plan): PlanWork {
  const found = work.get(plan)
  if (found === undefined)
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected a plan that `compile` made' })
  return found
}

/**
 * Prepares a definition so that many calls can resolve it.
 *
 * @param definition A definition, parsed or not.
 * @param options How the definition is read. Default as in {@link ParseOptions}.
 * @returns A deeply frozen plan.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID` and the issues.
 * @example
 * const plan = compile(JSON.parse(text))
 * resolve(plan, { apiKey: '<YOUR_TOKEN>' }).outcome // 'authenticated'
 */
export function compile<const D>(definition: D, options?: ParseOptions): Plan<NamesOf<D>> {
  return planFor(parseOrThrow(definition, options)) as Plan<NamesOf<D>>
}

/**
 * The plan of whatever `resolve` and `explain` take. Kept by identity for parsed definitions only: another object could
 * change between two calls.
 * @internal
 */
export function planOf(planOrDefinition: unknown): Plan {
  if (typeof planOrDefinition === 'object' && planOrDefinition !== null && work.has(planOrDefinition as Plan)) {
    return planOrDefinition as Plan
  }
  return isParsed(planOrDefinition) ? planFor(planOrDefinition) : makePlan(parseOrThrow(planOrDefinition))
}

function planFor(definition: ToolDefinition): Plan {
  const known = plans.get(definition)
  if (known !== undefined) return known
  const plan = makePlan(definition)
  plans.set(definition, plan)
  return plan
}

function makePlan(definition: ToolDefinition): Plan {
  const names = collectNames(definition)
  const nameIndex = Object.create(null) as Record<string, number>
  names.forEach(({ name }, index) => {
    nameIndex[name] = index
  })
  const options = optionsOf(definition).map((option, index): PlanOption => {
    const steps = requirementsOf(option).map(([name, requirement]) =>
      // INVARIANT: every requirement's name has been collected.
      makeStep(name, nameIndex[name] as number, requirement),
    )
    return Object.freeze({ index, steps: Object.freeze(steps), callTokenScopes: callTokenScopes(option) })
  })
  const plan: Plan = Object.freeze({
    definition,
    options: Object.freeze(options),
    names,
    nameIndex: Object.freeze(nameIndex),
    ranksCallToken: options.some(({ steps, callTokenScopes: scopes }) => steps.length === 0 && scopes.length > 0),
    binding: bindingOf(definition),
    credentialNotices: Object.freeze(credentialNotices(definition).map((notice) => Object.freeze(notice))),
  })
  work.set(plan, {
    options: options.map(unfrozenOption),
    names: names.map(unfrozenName),
    absent: names.map(() => ABSENT),
  })
  return plan
}

function unfrozenOption(option: PlanOption): PlanOption {
  return { ...option, steps: [...option.steps], callTokenScopes: option.callTokenScopes }
}

function unfrozenName(name: PlanName): PlanName {
  return { ...name, uses: [...name.uses], opens: [...name.opens] }
}

function makeStep(name: string, nameIndex: number, requirement: Requirement): PlanStep {
  return Object.freeze({ name, nameIndex, requirement, kind: bindKind(requirement) })
}

function collectNames(definition: ToolDefinition): readonly PlanName[] {
  const found = new Map<string, { readonly uses: Map<string, BoundKind>; readonly opens: number[] }>()
  const useOf = readingOf(definition).profile === 'ultravox' ? bindTextsOnly : bindKind
  optionsOf(definition).forEach((option, index) => {
    requirementsOf(option).forEach(([name, requirement], position) => {
      const entry = found.get(name) ?? { uses: new Map<string, BoundKind>(), opens: [] }
      entry.uses.set(JSON.stringify(requirement), useOf(requirement))
      if (position === 0) entry.opens.push(index)
      found.set(name, entry)
    })
  })
  const names = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.freeze(
    names.map(([name, { uses, opens }]) =>
      Object.freeze({ name, uses: Object.freeze([...uses.values()]), opens: Object.freeze(opens) }),
    ),
  )
}

/** Ultravox's tokens are texts: in its profile no kind takes a structure (KND-3). */
function bindTextsOnly(requirement: Requirement): BoundKind {
  const kind = bindKind(requirement)
  return Object.freeze({
    ...kind,
    defect: (credential: Credential) => (typeof credential === 'string' ? kind.defect(credential) : 'ERR_TOKEN_TYPE'),
  })
}
