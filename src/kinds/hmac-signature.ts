import type { IssueCode } from '../errors.ts'
import { fitsUtf8, hasControl } from '../http/grammar.ts'
import { Secret } from '../secret.ts'
import type { HmacForm, SignatureNeed } from '../types.ts'
import { type Credential, type KindRow, PLAIN } from './row.ts'
import { compileForm } from './signature-form.ts'
import { decodeSecret } from './signature-secret.ts'

/** @internal */
export const hmacSignature: KindRow<HmacForm> = {
  ...PLAIN,
  signs: true,
  carriers: carriersOf,
  check: (form) => compileForm(form).issues,
  extensions: () => [''],
  defect: (form, credential) => {
    const read = readCredential(credential)
    if (read === null) return 'ERR_TOKEN_TYPE'
    if (read.secrets.length > 1 && form.separator === undefined) return 'ERR_SIGNATURE_SECRET'
    return read.secrets.map((secret) => secretDefect(secret, form)).find((defect) => defect !== null) ?? null
  },
  emit: (form, credential, requirement) => signatureNeed(form, credential, requirement),
}

const MAX_BYTES = 16 * 1024

/** TOK-2 for one secret: those of a list have not been looked at yet. */
function secretDefect(secret: string, form: HmacForm): IssueCode | null {
  if (secret === '') return 'ERR_TOKEN_EMPTY'
  if (!fitsUtf8(secret, MAX_BYTES)) return 'ERR_TOKEN_TOO_LONG'
  if (hasControl(secret)) return 'ERR_TOKEN_CONTROL'
  return decodeSecret(secret, form) === null ? 'ERR_SIGNATURE_SECRET' : null
}

function carriersOf(form: HmacForm): SignatureNeed['writes'] {
  const headers = Object.keys(form.headers).map((name) => ({ kind: 'header', name }) as const)
  const query = Object.keys(form.query ?? {}).map((name) => ({ kind: 'query', name }) as const)
  return [...headers, ...query]
}

function signatureNeed(form: HmacForm, credential: Credential, requirement: string): SignatureNeed {
  // INVARIANT: `defect` has refused what cannot be read.
  const { secrets, keyId } = readCredential(credential) as SigningCredential
  return Object.freeze({
    kind: 'signature',
    requirement,
    writes: Object.freeze(carriersOf(form)),
    form,
    secrets: Object.freeze(secrets.map((secret) => new Secret(secret))),
    ...(keyId === undefined ? {} : { keyId }),
  })
}

interface SigningCredential {
  readonly secrets: readonly string[]
  readonly keyId: string | undefined
}

const MAX_SECRETS = 16

/** One secret, several while rotating, or several with the name of their key; `null` for anything else. */
function readCredential(credential: Credential): SigningCredential | null {
  if (typeof credential === 'string') return { secrets: [credential], keyId: undefined }
  if (Array.isArray(credential)) return areSecrets(credential) ? { secrets: credential, keyId: undefined } : null
  const { secrets, keyId, ...rest } = credential as { readonly secrets?: unknown; readonly keyId?: unknown }
  if (Object.keys(rest).length > 0 || !areSecrets(secrets)) return null
  if (keyId !== undefined && (typeof keyId !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(keyId))) return null
  return { secrets, keyId }
}

function areSecrets(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SECRETS) return false
  return value.every((secret) => typeof secret === 'string')
}
