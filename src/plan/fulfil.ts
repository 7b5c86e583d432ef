import { type IssueCode, SecurityError } from '../errors.ts'
import { headerDefect } from '../kinds/header-api-key.ts'
import { bindKind } from '../kinds/table.ts'
import { makeIssue } from '../result.ts'
import { isSecret, Secret } from '../secret.ts'
import type { Authenticated, Mutation, Need, Resolution } from '../types.ts'
import { makeMutation } from './resolve.ts'
import { textDefect, tokenIssue } from './tokens.ts'

/**
 * Meets one need of a resolution with the credential that was fetched or minted for it.
 *
 * @param resolution An `authenticated` resolution.
 * @param need One of `resolution.needs`.
 * @param credential The call token, or the stored credential's value. Checked like any supplied token (TOK-2).
 * @returns A new frozen resolution with one need less and its mutation added. The given one is not changed.
 * @throws A {@link SecurityError} with code `ERR_NEED_UNKNOWN` when the need is not one of the resolution's, or
 * `ERR_TOKENS_INVALID` with an issue when its carrier cannot hold the credential.
 * @example
 * for (const need of resolution.needs) {
 *   if (need.kind === 'callToken') resolution = fulfil(resolution, need, await mint(need.scopes))
 * }
 */
export function fulfil(resolution: Resolution, need: Need, credential: string | Secret): Authenticated {
  if (resolution.outcome !== 'authenticated' || !resolution.needs.includes(need))
    throw new SecurityError('ERR_NEED_UNKNOWN')
  const text: unknown = isSecret(credential) ? credential.reveal() : credential
  const mutation = need.kind === 'callToken' ? callTokenMutation(need, text) : credentialMutation(need, text)
  return Object.freeze({
    ...resolution,
    mutations: Object.freeze([...resolution.mutations, mutation]),
    needs: Object.freeze(resolution.needs.filter((other) => other !== need)),
  })
}

function credentialMutation(need: Extract<Need, { kind: 'credential' }>, text: unknown): Mutation {
  const kind = bindKind(need.as)
  const defect = typeof text === 'string' ? textDefect(text, kind) : 'ERR_TOKEN_TYPE'
  const carrier = need.writes[0]
  if (defect !== null || carrier === undefined) throw unusable(defect ?? 'ERR_TOKEN_TYPE', need.requirement)
  return makeMutation({ name: need.requirement, kind, carrier }, text as string)
}

function callTokenMutation(need: Extract<Need, { kind: 'callToken' }>, text: unknown): Mutation {
  const defect = typeof text === 'string' ? textDefect(text, { defect: headerDefect }) : 'ERR_TOKEN_TYPE'
  const carrier = need.writes[0]
  if (defect !== null || carrier === undefined) throw unusable(defect ?? 'ERR_TOKEN_TYPE', null)
  return Object.freeze({ ...carrier, value: new Secret(text as string), requirement: '' })
}

function unusable(code: IssueCode, requirement: string | null): SecurityError {
  const issue =
    requirement === null ? makeIssue(code, '', 'the call token cannot be sent') : tokenIssue(code, requirement)
  return new SecurityError('ERR_TOKENS_INVALID', { message: issue.message, issues: [issue], phase: 'need' })
}
