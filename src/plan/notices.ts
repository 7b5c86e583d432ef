import { OPTIONS_POINTER } from '../definition/options.ts'
import { pointerTo } from '../json-pointer.ts'
import { decodeSecret } from '../kinds/signature-secret.ts'
import { type Issue, makeIssue, ownHelp } from '../result.ts'
import { createAdviser } from '../suggest.ts'
import type { Mutation, Need, Notice, Resolution, SignatureNeed } from '../types.ts'
import type { Plan } from './compile.ts'
import { type SelectSettings, selectFirst, selectLastResort } from './select.ts'
import type { Supplied } from './tokens.ts'

/**
 * Gives a resolution its notices. They are worked out when they are first read, and where there is nothing to say the
 * resolution stays as it is.
 * @internal
 */
export function withNotices<R extends Resolution>(
  resolution: R,
  plan: Plan,
  supplied: Supplied,
  settings: SelectSettings,
): R {
  if (!mayHaveNotices(resolution, plan, supplied)) return resolution
  let notices: readonly Notice[] | undefined
  const get = (): readonly Notice[] => {
    notices ??= Object.freeze(listNotices(resolution, plan, supplied, settings))
    return notices
  }
  // Without a prototype: a polluted one would add a `set` or a `value` to the descriptor.
  return Object.defineProperty(resolution, 'notices', { __proto__: null, get, enumerable: true } as PropertyDescriptor)
}

function mayHaveNotices(resolution: Resolution, plan: Plan, supplied: Supplied): boolean {
  if (supplied.hasUnused || plan.ranksCallToken) return true
  if (resolution.outcome === 'unauthenticated') return supplied.names.length > 0
  if (resolution.outcome !== 'authenticated') return false
  if (plan.credentialNotices.length > 0 || resolution.needs.some(isShortSecret)) return true
  for (const mutation of resolution.mutations) if (holdsTemplate(mutation)) return true
  return false
}

function listNotices(
  resolution: Resolution,
  plan: Plan,
  supplied: Supplied,
  settings: SelectSettings,
): readonly Notice[] {
  const notices = supplied.hasUnused ? [...unusedNotices(plan, supplied.names)] : []
  if (resolution.outcome === 'unauthenticated' && supplied.names.length > 0)
    notices.push(ignoredNotice(supplied.names.length))
  if (resolution.outcome === 'authenticated') {
    notices.push(...plan.credentialNotices, ...resolution.mutations.filter(holdsTemplate).map(templateNotice))
    notices.push(...resolution.needs.filter(isShortSecret).map(shortSecretNotice))
  }
  if (resolution.ok && rankDecided(plan, supplied, settings)) notices.push(rankNotice(settings))
  return notices.map((notice) => Object.freeze(notice))
}

function holdsTemplate({ value }: Mutation): boolean {
  return value.reveal().includes('{{')
}

/** Verifiers refuse such a secret, unless they are told not to. */
function isShortSecret(need: Need): need is SignatureNeed {
  if (need.kind !== 'signature') return false
  // INVARIANT: a secret that cannot be decoded never becomes a need.
  return need.secrets.some((secret) => (decodeSecret(secret.reveal(), need.form) as Uint8Array).length < 16)
}

function shortSecretNotice({ requirement }: SignatureNeed): Notice {
  const message = `a secret of \`${requirement}\` has fewer than 16 bytes, so that it can be guessed`
  return { code: 'NOTE_SECRET_SHORT', pointer: pointerTo('/authTokens', requirement), message }
}

/** An issue for each supplied name that no option uses (TOK-3). @internal */
export function findUnused(plan: Plan, names: readonly string[]): readonly Issue[] {
  return unusedNotices(plan, names).map((notice) =>
    makeIssue('ERR_TOKEN_UNUSED', notice.pointer, notice.message, ownHelp(notice)),
  )
}

function unusedNotices(plan: Plan, names: readonly string[]): readonly Notice[] {
  const known = plan.names.map(({ name }) => name)
  const didYouMean = createAdviser()
  return names
    .filter((name) => plan.nameIndex[name] === undefined)
    .sort()
    .map((name) => {
      const shown = name.toWellFormed()
      const notice: Notice = {
        code: 'NOTE_TOKEN_UNUSED',
        pointer: pointerTo('/authTokens', shown),
        message: `no option uses token \`${shown}\``,
      }
      const help = didYouMean(name, known)
      return help === undefined ? notice : { ...notice, help }
    })
}

function ignoredNotice(count: number): Notice {
  const message = `${count === 1 ? 'a token was' : `${count} tokens were`} supplied, yet the tool runs WITHOUT authentication`
  const help = 'check the names, or refuse this with `anonymous: "never"`'
  return { code: 'NOTE_TOKENS_IGNORED', pointer: '/authTokens', message, help }
}

function templateNotice({ requirement: name }: Mutation): Notice {
  const message = `token \`${name}\` still holds \`{{\`: a template that was not filled?`
  return {
    code: 'NOTE_TEMPLATE_LEFT',
    pointer: pointerTo('/authTokens', name),
    message,
    help: 'run `fillTemplates` first',
  }
}

/** Whether the other value of `callTokenCounts` would have chosen another option (SEL-6). */
function rankDecided(plan: Plan, supplied: Supplied, settings: SelectSettings): boolean {
  const choose = (with_: SelectSettings) => selectFirst(plan, supplied, with_) ?? selectLastResort(plan, with_)
  return choose(settings) !== choose({ ...settings, callTokenCounts: !settings.callTokenCounts })
}

function rankNotice({ callTokenCounts }: SelectSettings): Notice {
  const message = callTokenCounts
    ? 'an option of nothing but a call token ranked as non-empty and changed the choice'
    : 'an option of nothing but a call token ranked with the anonymous ones and changed the choice'
  return {
    code: 'NOTE_CALL_TOKEN_RANK',
    pointer: OPTIONS_POINTER,
    message,
    help: '`callTokenCounts` decides; Ultravox does not document it',
  }
}
