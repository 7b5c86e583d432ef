import { parseDefinition } from '../definition/parse.ts'
import { copyKey, copyKeys, open, type SealingKey, seal } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { Secret } from '../secret.ts'
import { snapshot } from '../snapshot.ts'
import type {
  Authenticated,
  Binding,
  JsonValue,
  Mutation,
  Need,
  Notice,
  ToolDefinition,
  Unauthenticated,
} from '../types.ts'
import { isName } from './call-settings.ts'
import type { ResolvedTool } from './types.ts'

/** What a sealed text belongs to and how it is sealed. */
export interface SealOptions {
  /** Id of the call: a sealed text opens for this call only. */
  readonly callId: string
  /** The current key. */
  readonly key: SealingKey
}

/** What a sealed text is opened with. */
export interface OpenOptions {
  /** Id of the call that it was sealed for. */
  readonly callId: string
  /** The current key and, while rotating, earlier ones. */
  readonly keys: readonly SealingKey[]
}

interface SealedTool {
  readonly name: string
  readonly definition: ToolDefinition
  readonly overrides: ResolvedTool['overrides']
  readonly resolution: Omit<Authenticated, 'mutations' | 'needs'> & {
    readonly needs: readonly SealedNeed[]
    readonly mutations: readonly (Omit<Mutation, 'value'> & { readonly value: string })[]
  }
}

/** A need with its secrets as texts. */
type SealedNeed = JsonValue & object

const PURPOSE = 'tools'

/**
 * Seals the tools of a resolved call, credentials and bindings included, into one text (AES-256-GCM), so that a platform
 * can keep it in its call record or hand it to the worker that serves the call.
 *
 * @param tools The `tools` that `resolveCall` gave.
 * @returns Printable ASCII: version, key id, nonce and ciphertext, separated by dots.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable key or call id, and for what are no
 * such tools.
 * @example
 * const sealed = await sealTools(result.tools, { callId, key: { keyId: '2026-11', key: keyBytes } })
 */
export async function sealTools(tools: ReadonlyMap<string, ResolvedTool>, options: SealOptions): Promise<string> {
  const { callId, key } = readOptions<SealOptions>(options, {
    callId: isName,
    key: (value) => ({ copy: copyKey(value, 'encrypt') }),
  })
  if (callId === undefined || key === undefined) throw refuse('sealing needs a `callId` and a `key`')
  return seal(textOf(tools), key, [PURPOSE, callId])
}

/**
 * Opens what {@link sealTools} made.
 *
 * @returns The tools as `resolveCall` gave them, ready for `buildRequest` and `apply`.
 * @throws A {@link core.SecurityError} with code `ERR_SEAL_KEY` when none of the keys has its id, `ERR_SEAL_INVALID` when
 * the text is damaged, was sealed for another call, or with another key of that id, or `ERR_ARGUMENT_INVALID` for an
 * unusable call id or list of keys: none, an unusable one, or two of one id.
 * @example
 * const tools = await openTools(sealed, { callId, keys: [currentKey, previousKey] })
 * const outgoing = apply(buildRequest(tools.get('stock_price'), { parameters }), tools.get('stock_price').resolution)
 */
export async function openTools(sealed: string, options: OpenOptions): Promise<ReadonlyMap<string, ResolvedTool>> {
  const { callId, keys } = readOptions<OpenOptions>(options, {
    callId: isName,
    keys: (value) => ({ copy: copyKeys(value, 'decrypt') }),
  })
  if (callId === undefined || keys === undefined) throw refuse('opening needs a `callId` and `keys`')
  const tools = JSON.parse(await open(sealed, keys, [PURPOSE, callId])) as readonly SealedTool[]
  return new Map(tools.map((tool) => [tool.name, restoreTool(tool)]))
}

function textOf(tools: unknown): string {
  const refusal = refuse('expected `tools` as `resolveCall` gave them')
  if (!(tools instanceof Map)) throw refusal
  try {
    return JSON.stringify([...tools.values()].map(revealTool))
  } catch {
    throw refusal
  }
}

function revealTool({ name, definition, overrides, resolution }: ResolvedTool): object {
  const mutations = resolution.mutations.map((mutation: Mutation) => ({ ...mutation, value: mutation.value.reveal() }))
  return {
    name,
    definition,
    overrides,
    resolution: { ...resolution, mutations, needs: resolution.needs.map(revealNeed) },
  }
}

function restoreTool({ name, definition, overrides, resolution }: SealedTool): ResolvedTool {
  const restored = {
    ...resolution,
    mutations: Object.freeze(
      resolution.mutations.map((mutation) => Object.freeze({ ...mutation, value: new Secret(mutation.value) })),
    ),
    needs: Object.freeze(frozenCopy<readonly SealedNeed[]>(resolution.needs).map(restoreNeed)),
    binding: frozenCopy<Binding>(resolution.binding),
    notices: frozenCopy<readonly Notice[]>(resolution.notices),
  } as Authenticated | Unauthenticated
  return Object.freeze({
    name,
    definition: restoreDefinition(definition, resolution.binding),
    overrides: frozenCopy<ResolvedTool['overrides']>(overrides),
    resolution: Object.freeze(restored),
  })
}

/** Names a text that was a secret; names with a control character are refused everywhere else. */
const SECRET = '\u0000secret'

function revealNeed(need: Need): SealedNeed {
  return mapValues(need, (value) => (value instanceof Secret ? { [SECRET]: value.reveal() } : null)) as SealedNeed
}

function restoreNeed(need: SealedNeed): Need {
  return mapValues(need, (value) =>
    Object.hasOwn(value, SECRET) ? new Secret(String((value as { readonly [SECRET]?: unknown })[SECRET])) : null,
  ) as Need
}

/** Copies a tree, frozen; what `change` answers stands in place of an object. */
function mapValues(value: unknown, change: (value: object) => object | null): unknown {
  if (typeof value !== 'object' || value === null) return value
  const changed = change(value)
  if (changed !== null) return changed
  if (Array.isArray(value)) return Object.freeze(value.map((item) => mapValues(item, change)))
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValues(item, change)])))
}

/** The seal vouches that the definition was accepted; the options it was accepted with are the widest here. */
function restoreDefinition(definition: ToolDefinition, { origin }: Binding): ToolDefinition {
  const options = { unknownFields: 'allow', allowInsecureOrigins: origin === null ? [] : [origin] } as const
  const parsed = parseDefinition(definition, options)
  // Sealed by a newer version, which knows what this one does not.
  if (!parsed.ok) throw new SecurityError('ERR_SEAL_INVALID')
  return parsed.value
}

function frozenCopy<T>(value: T): T {
  const copy = snapshot(value)
  if (!copy.ok) throw new SecurityError('ERR_SEAL_INVALID')
  return copy.value as T
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
