import { SecurityError } from '../errors.ts'
import { CALL_TOKEN_CARRIER } from '../kinds/table.ts'
import { isString, readOptions } from '../read-options.ts'
import { type Issue, makeIssue, sortIssues } from '../result.ts'
import type {
  Authenticated,
  AuthTokens,
  Binding,
  CredentialNeed,
  InvalidTokens,
  Mutation,
  Need,
  Resolution,
  ResolveOptions,
  Unauthenticated,
  Unsatisfied,
} from '../types.ts'
import { ABSENT } from './absent.ts'
import { type NamesOf, type Plan, type PlanOption, type PlanStep, planOf, workOf } from './compile.ts'
import { toIssues } from './issues.ts'
import { findUnused, withNotices } from './notices.ts'
import { isAnonymousOption, listMissing, type SelectSettings, selectFirst, selectLastResort } from './select.ts'
import { findBadTokens, readTokens, type Supplied, tokenDefect } from './tokens.ts'

/** The tokens that fit a plan or definition: by its requirement names where its type knows them. */
export type TokensFor<T> = AuthTokens<NamesOf<T>>

const NOTHING: readonly never[] = Object.freeze([])
const NO_MUTATIONS: readonly [] = Object.freeze([])

/** Resolve options as they are used. @internal */
export interface ResolveSettings extends SelectSettings {
  readonly refuseUnused: boolean
  readonly tenant: string | null
  readonly environment: string | null
}

const DEFAULTS: ResolveSettings = Object.freeze({
  canMint: false,
  callTokenCounts: true,
  refuseAnonymous: false,
  refuseUnused: false,
  tenant: null,
  environment: null,
})

/**
 * Chooses the option for one tool and says how the request changes.
 *
 * The first option with requirements whose tokens are all supplied wins; an anonymous option is the last resort (SEL-1,
 * SEL-2). A supplied token that cannot be used never counts as missing: the outcome is `invalidTokens` (TOK-1).
 *
 * @param planOrDefinition A plan, or a definition; one that is not valid throws.
 * @param authTokens Tokens by requirement name. Own enumerable properties only, each read once.
 * @param options How the choice is made. Defaults as in {@link ResolveOptions}.
 * @returns A frozen resolution that shares nothing with its inputs.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID`, `ERR_ARGUMENT_INVALID`, or `ERR_TENANT_REQUIRED`
 * when the chosen option refers to a stored credential and no `tenant` is given.
 * @example
 * const resolution = resolve(tool, { apiKey: '<YOUR_TOKEN>' })
 * if (resolution.ok) send(apply(request, resolution))
 */
export function resolve<const T>(planOrDefinition: T, authTokens?: TokensFor<T>, options?: ResolveOptions): Resolution {
  const plan = planOf(planOrDefinition)
  const settings = options === undefined ? DEFAULTS : readResolveOptions(options)
  const supplied = readTokens(plan, authTokens)
  if (supplied === null) {
    return invalidTokens([makeIssue('ERR_TOKENS_TYPE', '/authTokens', 'expected `authTokens` as a plain object')])
  }
  if (settings.refuseUnused) {
    const unused = findUnused(plan, supplied.names)
    if (unused.length > 0) return invalidTokens(sortIssues([...unused, ...findBadTokens(plan, supplied)]))
  }
  const chosen = selectFirst(plan, supplied, settings)
  if (chosen !== null) return authenticate(plan, chosen, supplied, settings)
  const bad = findBadTokens(plan, supplied)
  if (bad.length > 0) return invalidTokens(bad)
  const last = selectLastResort(plan, settings)
  if (last !== null && !isAnonymousOption(last)) return authenticate(plan, last, supplied, settings)
  if (last === null && (plan.options.length > 0 || settings.refuseAnonymous))
    return unsatisfied(plan, supplied, settings)
  return unauthenticated(plan, last, supplied, settings)
}

/**
 * Resolves like {@link resolve}, and throws where that gives no usable outcome.
 *
 * @param planOrDefinition A plan, or a definition; one that is not valid throws.
 * @param authTokens Tokens by requirement name.
 * @param options How the choice is made.
 * @returns A resolution that can be used.
 * @throws A {@link SecurityError} with code `ERR_UNSATISFIED` or `ERR_TOKENS_INVALID` and the issues, and as `resolve`.
 * @example
 * const outgoing = apply(request, resolveOrThrow(tool, { apiKey: '<YOUR_TOKEN>' }))
 */
export function resolveOrThrow<const T>(
  planOrDefinition: T,
  authTokens?: TokensFor<T>,
  options?: ResolveOptions,
): Authenticated | Unauthenticated {
  const resolution = resolve(planOrDefinition, authTokens, options)
  if (resolution.ok) return resolution
  const issues = toIssues(resolution)
  const message = issues
    .map((issue) => (issue.help === undefined ? issue.message : `${issue.message} (${issue.help})`))
    .join('; ')
  throw new SecurityError(resolution.outcome === 'unsatisfied' ? 'ERR_UNSATISFIED' : 'ERR_TOKENS_INVALID', {
    message,
    issues,
  })
}

function authenticate(plan: Plan, option: PlanOption, supplied: Supplied, settings: ResolveSettings): Resolution {
  const mutations: Mutation[] = []
  const needs: Need[] = []
  const { names } = workOf(plan)
  for (const step of option.steps) {
    const token = supplied.values[step.nameIndex]
    if (token === undefined || token === ABSENT) continue
    if (tokenDefect(token, names[step.nameIndex]?.uses ?? NOTHING) !== null) {
      return invalidTokens(findBadTokens(plan, supplied))
    }
    if (token.reference !== null) needs.push(credentialNeed(step, token.reference.credentialId))
    else if (token.credential !== null) {
      const effect = step.kind.emit(token.credential, step.name)
      if ('value' in effect) mutations.push(effect)
      else needs.push(effect)
    }
  }
  if (settings.tenant === null && needs.some((need) => need.kind === 'credential')) {
    throw new SecurityError('ERR_TENANT_REQUIRED', {
      message: 'a stored credential is needed: give the `tenant` whose it is',
    })
  }
  if (option.callTokenScopes.length > 0) needs.push(callTokenNeed(option.callTokenScopes))
  const resolution: Authenticated = {
    ok: true,
    outcome: 'authenticated',
    optionIndex: option.index,
    mutations: Object.freeze(mutations),
    needs: needs.length === 0 ? NOTHING : Object.freeze(needs),
    binding: bindingFor(plan, settings),
    notices: NOTHING,
  }
  return Object.freeze(withNotices(resolution, plan, supplied, settings))
}

function credentialNeed(step: PlanStep, credentialId: string): CredentialNeed {
  const { name: requirement, requirement: as } = step
  return Object.freeze({ kind: 'credential', requirement, writes: step.kind.carriers, credentialId, as })
}

function callTokenNeed(scopes: readonly string[]): Need {
  return Object.freeze({ kind: 'callToken', requirement: null, writes: CALL_TOKEN_WRITES, scopes })
}

const CALL_TOKEN_WRITES = Object.freeze([CALL_TOKEN_CARRIER])

function unauthenticated(
  plan: Plan,
  option: PlanOption | null,
  supplied: Supplied,
  settings: ResolveSettings,
): Resolution {
  const resolution: Unauthenticated = {
    ok: true,
    outcome: 'unauthenticated',
    optionIndex: option === null ? null : option.index,
    mutations: NO_MUTATIONS,
    needs: NO_MUTATIONS,
    binding: bindingFor(plan, settings),
    notices: NOTHING,
  }
  return Object.freeze(withNotices(resolution, plan, supplied, settings))
}

function unsatisfied(plan: Plan, supplied: Supplied, settings: ResolveSettings): Resolution {
  const couldBeAnonymous = plan.options.length === 0 || plan.options.some(isAnonymousOption)
  const resolution: Unsatisfied = {
    ok: false,
    outcome: 'unsatisfied',
    reason: couldBeAnonymous ? 'anonymousRefused' : 'missing',
    missing: Object.freeze(listMissing(plan.options, supplied, settings.canMint)),
    notices: NOTHING,
  }
  return Object.freeze(withNotices(resolution, plan, supplied, settings))
}

function invalidTokens(issues: readonly Issue[]): InvalidTokens {
  return Object.freeze({ ok: false, outcome: 'invalidTokens', issues: Object.freeze(issues), notices: NOTHING })
}

function bindingFor(plan: Plan, { tenant, environment }: ResolveSettings): Binding {
  if (tenant === null && environment === null) return plan.binding
  return Object.freeze({ ...plan.binding, tenant, environment })
}

const RESOLVE_OPTIONS = {
  anonymous: ['lastResort', 'never'],
  unusedTokens: ['notice', 'refuse'],
  callTokenCounts: (value: unknown) => typeof value === 'boolean',
  mintCallToken: (value: unknown) => typeof value === 'function',
  tenant: isName,
  environment: isName,
} as const

function isName(value: unknown): boolean {
  return isString(value) && value !== '' && value.isWellFormed()
}

/** @internal */
export function readResolveOptions(options: unknown): ResolveSettings {
  const read = readOptions<ResolveOptions>(options, RESOLVE_OPTIONS)
  return {
    canMint: read.mintCallToken !== undefined,
    callTokenCounts: read.callTokenCounts ?? true,
    refuseAnonymous: read.anonymous === 'never',
    refuseUnused: read.unusedTokens === 'refuse',
    tenant: read.tenant ?? null,
    environment: read.environment ?? null,
  }
}
