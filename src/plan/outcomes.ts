import { CALL_TOKEN_CARRIER } from '../kinds/table.ts'
import type { Issue } from '../result.ts'
import type {
  Binding,
  CredentialNeed,
  InvalidTokens,
  Need,
  Resolution,
  Unauthenticated,
  Unsatisfied,
} from '../types.ts'
import type { Plan, PlanOption, PlanStep } from './compile.ts'
import { withNotices } from './notices.ts'
import type { ResolveSettings } from './resolve-options.ts'
import { isAnonymousOption, listMissing } from './select.ts'
import type { Supplied } from './tokens.ts'

/** Nothing, frozen and shared. @internal */
export const NOTHING: readonly [] = Object.freeze([])

/** @internal */
export function credentialNeed(step: PlanStep, credentialId: string): CredentialNeed {
  const { name: requirement, requirement: as } = step
  return Object.freeze({ kind: 'credential', requirement, writes: step.kind.carriers, credentialId, as })
}

/** @internal */
export function callTokenNeed(scopes: readonly string[]): Need {
  return Object.freeze({ kind: 'callToken', requirement: null, writes: CALL_TOKEN_WRITES, scopes })
}

const CALL_TOKEN_WRITES = Object.freeze([CALL_TOKEN_CARRIER])

/** @internal */
export function unauthenticated(
  plan: Plan,
  option: PlanOption | null,
  supplied: Supplied,
  settings: ResolveSettings,
): Resolution {
  const resolution: Unauthenticated = {
    ok: true,
    outcome: 'unauthenticated',
    optionIndex: option === null ? null : option.index,
    mutations: NOTHING,
    needs: NOTHING,
    binding: bindingFor(plan, settings),
    notices: NOTHING,
  }
  return Object.freeze(withNotices(resolution, plan, supplied, settings))
}

/** @internal */
export function unsatisfied(plan: Plan, supplied: Supplied, settings: ResolveSettings): Resolution {
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

/** @internal */
export function invalidTokens(issues: readonly Issue[]): InvalidTokens {
  const frozen = Object.freeze(issues.map((issue) => Object.freeze(issue)))
  return Object.freeze({ ok: false, outcome: 'invalidTokens', issues: frozen, notices: NOTHING })
}

/** @internal */
export function bindingFor(plan: Plan, { tenant, environment }: ResolveSettings): Binding {
  if (tenant === null && environment === null) return plan.binding
  return Object.freeze({ ...plan.binding, tenant, environment })
}
