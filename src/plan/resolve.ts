import { SecurityError } from '../errors.ts'
import { isMutation } from '../kinds/row.ts'
import { makeIssue, ownHelp, sortByName } from '../result.ts'
import type {
  Authenticated,
  AuthTokens,
  Mutation,
  Need,
  Resolution,
  ResolveOptions,
  Unauthenticated,
} from '../types.ts'
import { type NamesOf, type Plan, type PlanName, type PlanOption, planOf, workOf } from './compile.ts'
import { toIssues } from './issues.ts'
import { findUnused, withNotices } from './notices.ts'
import {
  bindingFor,
  callTokenNeed,
  credentialNeed,
  invalidTokens,
  NOTHING,
  unauthenticated,
  unsatisfied,
} from './outcomes.ts'
import { DEFAULTS, type ResolveSettings, readResolveOptions } from './resolve-options.ts'
import { isAnonymousOption, selectFirst, selectLastResort } from './select.ts'
import { findBadTokens, type ReadToken, readTokens, type Supplied, tokenDefect } from './tokens.ts'

/** The tokens that fit a plan or definition: by its requirement names where its type knows them. */
export type TokensFor<T> = AuthTokens<NamesOf<T>>

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
 * when the chosen option needs a stored credential or an access token and no `tenant` is given.
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
    if (unused.length > 0) return invalidTokens(sortByName([...unused, ...findBadTokens(plan, supplied)]))
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
    .map((issue) => (ownHelp(issue) === undefined ? issue.message : `${issue.message} (${ownHelp(issue)})`))
    .join('; ')
  throw new SecurityError(resolution.outcome === 'unsatisfied' ? 'ERR_UNSATISFIED' : 'ERR_TOKENS_INVALID', {
    message,
    issues,
  })
}

/** What a store or a cache keeps, tenant by tenant. */
function belongsToTenant({ kind }: Need): boolean {
  return kind === 'credential' || kind === 'accessToken'
}

function authenticate(plan: Plan, option: PlanOption, supplied: Supplied, settings: ResolveSettings): Resolution {
  const mutations: Mutation[] = []
  const needs: Need[] = []
  const { names } = workOf(plan)
  for (const step of option.steps) {
    // INVARIANT: the tokens of a chosen option are supplied, and the indexes are the plan's own.
    const token = supplied.values[step.nameIndex] as ReadToken
    const { uses } = names[step.nameIndex] as PlanName
    if (token.defect !== null || tokenDefect(token, uses) !== null) {
      return invalidTokens(findBadTokens(plan, supplied))
    }
    if (token.reference !== null) needs.push(credentialNeed(step, token.reference.credentialId))
    else {
      const effect = step.kind.emit(token.credential, step.name)
      if (isMutation(effect)) mutations.push(effect)
      else needs.push(effect)
    }
  }
  if (settings.tenant === null && needs.some(belongsToTenant)) {
    throw new SecurityError('ERR_TENANT_REQUIRED', {
      message: 'a stored credential or an access token is needed: give the `tenant` whose it is',
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
