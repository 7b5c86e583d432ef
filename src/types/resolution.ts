import type { NoticeCode } from '../errors.ts'
import type { Issue } from '../result.ts'
import type { Mutation, Need } from './need.ts'

/** Where a resolution may be used. */
export interface Binding {
  /** `scheme://host[:port]` in lower case, without the default port. `null`: the definition has no `http`. */
  readonly origin: string | null
  /** The literal start of the path. */
  readonly pathPrefix: string | null
  /** Whether a placeholder follows `pathPrefix` at once, so that any text may continue it. */
  readonly pathOpen: boolean
  /** Whose credentials may be used; `null` where none was given. */
  readonly tenant: string | null
  /** Environment whose stored credentials are read; `null` where none was given. */
  readonly environment: string | null
}

/** Something worth knowing about a resolution that did not stop it. */
export interface Notice {
  /** Stable code; branch on this, never on the message. */
  readonly code: NoticeCode
  /** JSON Pointer, as in an {@link Issue}. */
  readonly pointer: string
  /** What is worth knowing: one line, never a value. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string
}

/** An option that is not satisfied, and what it lacks. */
export interface MissingFromOption {
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** Names not supplied, sorted by code unit. */
  readonly names: readonly string[]
  /** Whether the ability to mint a call token is lacking. */
  readonly callToken: boolean
}

/** The chosen option is satisfied; `mutations` and `needs` say how the request changes. */
export interface Authenticated {
  /** The tool can be used. */
  readonly ok: true
  /** Tells the outcomes apart. */
  readonly outcome: 'authenticated'
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** What changes in the request: sorted by requirement name, fulfilled needs last. */
  readonly mutations: readonly Mutation[]
  /** What is still owed before {@link apply} works. */
  readonly needs: readonly Need[]
  /** Where the credentials may be sent. */
  readonly binding: Binding
  /** Worth knowing, though it did not stop the resolution. */
  readonly notices: readonly Notice[]
}

/** The tool runs without authentication. */
export interface Unauthenticated {
  /** The tool can be used. */
  readonly ok: true
  /** Tells the outcomes apart. */
  readonly outcome: 'unauthenticated'
  /** The anonymous option that was taken, or `null` where the definition asks for nothing (SEL-3). */
  readonly optionIndex: number | null
  /** Nothing changes in the request. */
  readonly mutations: readonly []
  /** Nothing is owed. */
  readonly needs: readonly []
  /** Where the tool is; {@link apply} does not check it here. */
  readonly binding: Binding
  /** Worth knowing, such as tokens that were supplied and not used. */
  readonly notices: readonly Notice[]
}

/** No option can be used. */
export interface Unsatisfied {
  /** The tool cannot be used. */
  readonly ok: false
  /** Tells the outcomes apart. */
  readonly outcome: 'unsatisfied'
  /** `anonymousRefused`: the tool would run unauthenticated, and `anonymous: 'never'` refused that. */
  readonly reason: 'missing' | 'anonymousRefused'
  /** What each non-empty option lacks, in definition order. */
  readonly missing: readonly MissingFromOption[]
  /** Worth knowing, such as a token name that is probably misspelt. */
  readonly notices: readonly Notice[]
}

/** Tokens were supplied that cannot be used; nothing else was tried. */
export interface InvalidTokens {
  /** The tool cannot be used. */
  readonly ok: false
  /** Tells the outcomes apart. */
  readonly outcome: 'invalidTokens'
  /** One issue a bad name, sorted by name. */
  readonly issues: readonly Issue[]
  /** Worth knowing about the supplied tokens. */
  readonly notices: readonly Notice[]
}

/** The outcome for one tool. */
export type Resolution = Authenticated | Unauthenticated | Unsatisfied | InvalidTokens
