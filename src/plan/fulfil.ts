import { SecurityError } from '../errors.ts'
import { AUTHORIZATION } from '../kinds/carriers.ts'
import { headerDefect, repeatsPrefix } from '../kinds/header-api-key.ts'
import { type Credential, isMutation } from '../kinds/row.ts'
import { type BoundKind, bindKind, CALL_TOKEN_CARRIER } from '../kinds/table.ts'
import { textMutation } from '../kinds/text-mutation.ts'
import { makeIssue } from '../result.ts'
import { total } from '../total.ts'
import type { AccessTokenNeed, Authenticated, CredentialNeed, Mutation, Need, Resolution, Token } from '../types.ts'
import { credentialDefect, readToken, tokenIssue } from './tokens.ts'

/**
 * Meets one need of a resolution with the credential that was fetched or minted for it.
 *
 * @param resolution An `authenticated` resolution.
 * @param need One of `resolution.needs`, not a signature: that is met over the final request.
 * @param credential The call token, the access token, or the stored credential's value. Checked like any supplied token (TOK-2).
 * @returns A new frozen resolution with the need replaced by its mutation, or by a further need where the stored
 * credential is a signing secret or an OAuth client. The given one is not changed.
 * @throws A {@link SecurityError} with code `ERR_NEED_UNKNOWN` when the need is not one of the resolution's, or
 * `ERR_TOKENS_INVALID` with an issue when its carrier cannot hold the credential.
 * @example
 * for (const need of resolution.needs) {
 *   if (need.kind === 'callToken') resolution = fulfil(resolution, need, await mint(need.scopes))
 * }
 */
export function fulfil(resolution: Resolution, need: Need, credential: Token): Authenticated {
  return total('ERR_NEED_UNKNOWN', () => meetNeed(resolution, need, credential))
}

function meetNeed(resolution: Resolution, need: Need, credential: Token): Authenticated {
  if (resolution?.outcome !== 'authenticated' || !resolution.needs.includes(need) || need.kind === 'signature') {
    throw new SecurityError('ERR_NEED_UNKNOWN')
  }
  const effect = MEET[need.kind](need as never, credential)
  const needs = resolution.needs.filter((other) => other !== need)
  const changes = isMutation(effect)
    ? { mutations: Object.freeze([...resolution.mutations, effect].sort(byRequirement)), needs: Object.freeze(needs) }
    : { needs: Object.freeze([...needs, effect].sort(byRequirement)) }
  return Object.freeze({ ...resolution, ...changes })
}

/** The order in which needs are met says nothing; the call token, which belongs to no requirement, comes last. */
function byRequirement(one: Mutation | Need, other: Mutation | Need): number {
  const [a, b] = [one.requirement ?? '', other.requirement ?? '']
  return b === '' || (a !== '' && a < b) ? -1 : 1
}

const MEET: {
  readonly [K in Exclude<Need['kind'], 'signature'>]: (need: NeedOf<K>, credential: Token) => Mutation | Need
} = {
  callToken: (_need, credential) => meetCallToken(credential),
  credential: meetCredential,
  accessToken: meetAccessToken,
}

type NeedOf<K> = Extract<Need, { readonly kind: K }>

const BEARER = 'Bearer '

/** RFC 6750 section 2.1. */
function meetAccessToken({ requirement }: AccessTokenNeed, credential: Token): Mutation {
  const kind = { defect: (token: Credential) => headerDefect(token) ?? repeatsPrefix(BEARER, String(token)) }
  return textMutation(AUTHORIZATION, BEARER + String(readUsable(credential, kind, requirement)), requirement)
}

function meetCredential(need: CredentialNeed, credential: Token): Mutation | Need {
  const kind = bindKind(need.as)
  return kind.emit(readUsable(credential, kind, need.requirement), need.requirement)
}

function meetCallToken(credential: Token): Mutation {
  const text = readUsable(credential, { defect: headerDefect }, null)
  return textMutation(CALL_TOKEN_CARRIER, String(text), '')
}

/** @throws A {@link SecurityError} with code `ERR_TOKENS_INVALID`. */
function readUsable(credential: Token, kind: Pick<BoundKind, 'defect'>, requirement: string | null): Credential {
  const token = readToken(credential)
  // A reference is no credential yet.
  const defect =
    token.credential === null ? (token.defect ?? 'ERR_TOKEN_TYPE') : credentialDefect(token.credential, kind)
  if (defect === null) return token.credential as Credential
  const issue =
    requirement === null ? makeIssue(defect, '', 'the call token cannot be sent') : tokenIssue(defect, requirement)
  throw new SecurityError('ERR_TOKENS_INVALID', { message: issue.message, issues: [issue], phase: 'need' })
}
