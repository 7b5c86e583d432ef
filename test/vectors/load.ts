import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HttpRequest, MissingFromOption, ParseOptions } from '../../src/index.ts'

/** Reads a file of `spec/`. */
export function readSpec(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../spec/${path}`, import.meta.url)), 'utf8')
}

export interface Finding {
  readonly code: string
  readonly pointer: string
}

interface Common {
  readonly id: string
  readonly clause: string
  readonly flags: readonly string[]
  readonly comment: string
  readonly refused: boolean
}

export interface ChoiceSettings {
  readonly anonymous?: 'lastResort' | 'never'
  readonly callTokenCounts?: boolean
  readonly unusedTokens?: 'notice' | 'refuse'
  readonly tenant?: string
  readonly environment?: string
  readonly allowInsecureOrigins?: readonly string[]
}

export interface ExpectedResolution {
  readonly outcome: string
  readonly optionIndex?: number | null
  readonly reason?: string
  readonly missing?: readonly MissingFromOption[]
  readonly mutations?: readonly { readonly kind: string; readonly name: string; readonly value: string }[]
  readonly needs?: readonly { readonly kind: string; readonly requirement: string | null }[]
  readonly issues?: readonly Finding[]
  readonly notices?: readonly Finding[]
}

interface Choosing extends Common {
  readonly definition: unknown
  readonly canMintCallToken?: boolean
  readonly options?: ChoiceSettings
}

export interface SelectVector extends Choosing {
  readonly test: 'select'
  readonly available: readonly string[]
  readonly expected: ExpectedResolution
}

export interface ResolveVector extends Choosing {
  readonly test: 'resolve'
  readonly authTokens: unknown
  readonly expected: ExpectedResolution
}

export interface DefinitionVector extends Common {
  readonly test: 'definition'
  readonly definition?: unknown
  readonly text?: string
  readonly options?: ParseOptions
  readonly expected: { readonly valid: boolean; readonly issues: readonly Finding[] }
}

export interface ApplyVector extends Choosing {
  readonly test: 'apply'
  readonly authTokens: unknown
  readonly request: HttpRequest
  readonly options?: ChoiceSettings & { readonly origin?: string }
  readonly expected: { readonly request?: HttpRequest; readonly code?: string }
}

export interface TemplatesVector extends Common {
  readonly test: 'templates'
  readonly authTokens: { readonly [name: string]: never }
  readonly context: { readonly [name: string]: unknown }
  readonly expected: { readonly authTokens?: unknown; readonly issues?: readonly Finding[] }
}

export type Vector = SelectVector | ResolveVector | DefinitionVector | ApplyVector | TemplatesVector

export interface VectorFile {
  readonly path: string
  readonly content: {
    readonly description: string
    readonly notes: { readonly [flag: string]: { readonly explains: string; readonly bug?: string } }
    readonly vectors: readonly Vector[]
  }
}

/** Every vector file, by path. */
export function loadVectorFiles(): readonly VectorFile[] {
  const root = fileURLToPath(new URL('../../spec/vectors/', import.meta.url))
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({ path, content: JSON.parse(readSpec(`vectors/${path}`)) as VectorFile['content'] }))
}

/** Freezes a JSON value all the way down, so that whoever changes an input throws. */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue
    Object.freeze(next)
    open.push(...Object.values(next).filter((child) => child !== undefined))
  }
  return value
}
