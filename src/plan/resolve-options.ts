import { isString, readOptions } from '../read-options.ts'
import type { ResolveOptions } from '../types.ts'
import type { SelectSettings } from './select.ts'

/** Resolve options as they are used. @internal */
export interface ResolveSettings extends SelectSettings {
  readonly refuseUnused: boolean
  readonly tenant: string | null
  readonly environment: string | null
}

/** What holds without options. @internal */
export const DEFAULTS: ResolveSettings = Object.freeze({
  canMint: false,
  callTokenCounts: true,
  refuseAnonymous: false,
  refuseUnused: false,
  tenant: null,
  environment: null,
})

const RESOLVE_OPTIONS = {
  anonymous: ['lastResort', 'never'],
  unusedTokens: ['notice', 'refuse'],
  callTokenCounts: (value: unknown) => typeof value === 'boolean',
  mintCallToken: (value: unknown) => typeof value === 'function',
  tenant: isName,
  environment: isName,
} as const

function isName(value: unknown): boolean {
  return isString(value) && value !== '' && value.isWellFormed()
}

/** @internal */
export function readResolveOptions(options: unknown): ResolveSettings {
  const read = readOptions<ResolveOptions>(options, RESOLVE_OPTIONS)
  return {
    canMint: read.mintCallToken !== undefined,
    callTokenCounts: read.callTokenCounts ?? true,
    refuseAnonymous: read.anonymous === 'never',
    refuseUnused: read.unusedTokens === 'refuse',
    tenant: read.tenant ?? null,
    environment: read.environment ?? null,
  }
}
