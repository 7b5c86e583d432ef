import { readdirSync, readFileSync } from 'node:fs'
import type { HmacForm, SignatureVerdict, SignedParts } from '../../src/hmac/index.ts'

interface Common {
  readonly id: string
  readonly clause: string
  readonly flags: readonly string[]
  readonly comment: string
  readonly refused: boolean
  readonly form: HmacForm
  readonly secrets: readonly string[]
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: { readonly [name: string]: string | readonly string[] }
    readonly bodyBase64: string
  }
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The bytes that are signed. */
  readonly payloadBase64?: string
}

export interface SignVector extends Common {
  readonly test: 'sign'
  /** What `{id}` stands for. */
  readonly messageId?: string
  readonly keyId?: string
  readonly expected: SignedParts | { readonly code: string }
}

export interface VerifyVector extends Common {
  readonly test: 'verify'
  readonly toleranceMs?: number
  readonly allowShortSecret?: boolean
  readonly expected: SignatureVerdict | { readonly ok: false; readonly code: string }
}

export interface SignatureVectorFile {
  readonly path: string
  readonly content: {
    readonly description: string
    readonly notes: { readonly [flag: string]: { readonly explains: string; readonly bug?: string } }
    readonly vectors: readonly (SignVector | VerifyVector)[]
  }
}

/** The files of `spec/vectors/signature`, by name. */
export function loadSignatureVectors(): readonly SignatureVectorFile[] {
  const folder = new URL('../../spec/vectors/signature/', import.meta.url)
  return readdirSync(folder)
    .sort()
    .map((path) => ({ path, content: JSON.parse(readFileSync(new URL(path, folder), 'utf8')) }))
}
