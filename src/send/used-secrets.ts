import { decodeBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import { foldHeaderName } from '../http/grammar.ts'
import { readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import { type Secret, secretText } from '../secret.ts'
import { total } from '../total.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import type { Met } from './meet-needs.ts'
import { type Sendable, signatureOf } from './write-credentials.ts'

/** Collects what must not be read back from an answer. @internal */
export interface UsedSecrets {
  /** Every text, longest first. */
  list(): readonly string[]
  addMet(met: readonly Met[]): void
  /** What a resolution writes, and the signature that a request got from it. */
  addWritten(request: HttpRequest, resolution: Sendable): void
}

/** Shorter texts are part of any word. */
const MIN_LENGTH = 4

/** Names of users, and parts of a header that may be its credential: longer ones only, since `admin` is a word, too. */
const MIN_PART_LENGTH = 8

/** @internal */
export function collectSecrets(): UsedSecrets {
  const found = new Set<string>()
  const add = (texts: readonly string[], min: number = MIN_LENGTH): void => {
    for (const text of texts) if (text.length >= min) found.add(text)
  }
  return {
    list: () => [...found].sort((a, b) => b.length - a.length),
    addMet: (met) => {
      for (const { need, credential } of met) {
        // The parts of structured ones are found in what is written: names of users, clients and keys are no secrets.
        add(tokenText(credential))
        if (need.kind === 'accessToken') add(Object.values(need.client).flatMap(secretOf))
      }
    },
    addWritten: (request, resolution) => {
      for (const { value } of resolution.mutations as readonly { readonly value: Secret }[]) {
        const text = value.reveal()
        const { secrets, user } = basicParts(text)
        add([text, ...behindScheme(text), ...secrets])
        add([user, ...partsOf(text)], MIN_PART_LENGTH)
      }
      add((signatureOf(resolution)?.secrets ?? []).map((secret) => secret.reveal()))
      add(signaturesIn(request, resolution), MIN_PART_LENGTH)
    },
  }
}

/** The text of a credential that is one. */
function tokenText(credential: unknown): readonly string[] {
  return typeof credential === 'string' ? [credential] : secretOf(credential)
}

function secretOf(value: unknown): readonly string[] {
  const text = typeof value === 'object' && value !== null ? secretText(value) : undefined
  return text === undefined ? [] : [text]
}

/** What stands behind an auth-scheme, or a prefix that is written like one. */
function behindScheme(text: string): readonly string[] {
  const [, token] = /^\S+ +(\S.*)$/s.exec(text) ?? []
  return token === undefined ? [] : [token]
}

/** What may stand behind any other prefix: every rest that follows a separator near the start. */
function partsOf(text: string): readonly string[] {
  return [...text.slice(0, 32).matchAll(/[^A-Za-z0-9]+/g)].map(({ index, 0: found }) =>
    text.slice(index + found.length),
  )
}

interface BasicParts {
  /** The pair and its password. */
  readonly secrets: readonly string[]
  readonly user: string
}

/** A Basic credential in its parts (RFC 7617). */
function basicParts(text: string): BasicParts {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(text) ?? []
  const bytes = encoded === '' ? null : decodeBytes(encoded, 'base64')
  if (bytes === null) return { secrets: [], user: '' }
  const pair = new TextDecoder().decode(bytes)
  const colon = pair.indexOf(':')
  return { secrets: [pair, pair.slice(colon + 1)], user: colon < 0 ? '' : pair.slice(0, colon) }
}

/** The values that hold the signature, and the signatures in them. */
function signaturesIn({ headers, url }: HttpRequest, resolution: Sendable): readonly string[] {
  const form = signatureOf(resolution)?.form
  if (form === undefined) return []
  const carriers = (templates: { readonly [name: string]: string } = {}): readonly string[] =>
    Object.keys(templates).filter((name) => templates[name]?.includes('{signature}'))
  const names = new Set(carriers(form.headers).map(foldHeaderName))
  const parameters = new Set(carriers(form.query))
  const values = [
    ...Object.entries(headers).flatMap(([name, value]) => (names.has(foldHeaderName(name)) ? [value] : [])),
    ...readQuery(splitUrl(url)?.query ?? '').flatMap(({ name, value }) => (parameters.has(name) ? [value] : [])),
  ]
  // The shortest, of SHA-1, has 27 characters of base64url.
  return values.flatMap((value) => [value, ...(value.match(/[A-Za-z0-9+/_-]{27,}={0,2}/g) ?? [])])
}

const known = new WeakMap<object, readonly string[]>()

/** Remembers what was used for a request or an answer, beside it rather than in it. @internal */
export function remember<T extends object>(of: T, secrets: UsedSecrets): T {
  known.set(of, secrets.list())
  return of
}

/**
 * What was used for a request, an answer or a resolution.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` where nobody knows: a copy, or another's.
 * @internal
 */
export function secretsOf(of: object): readonly string[] {
  const used = known.get(of) ?? total('ERR_ARGUMENT_INVALID', () => (isSendable(of) ? secretsIn(of) : undefined))
  if (used !== undefined) return used
  const message = 'expected what `prepare` or `send` gave, itself and no copy, or a resolution'
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'response' })
}

function secretsIn(resolution: Sendable): readonly string[] {
  const secrets = collectSecrets()
  secrets.addWritten({ method: '', url: '', headers: {} }, resolution)
  return secrets.list()
}

function isSendable(of: object): of is Sendable {
  const { outcome, mutations } = of as Partial<Extract<Resolution, { readonly ok: true }>>
  return (outcome === 'authenticated' || outcome === 'unauthenticated') && Array.isArray(mutations)
}
