import { resolveCall } from '../call/resolve-call.ts'
import type { ResolveCallOptions, ResolvedCall } from '../call/types.ts'
import { readOptions } from '../read-options.ts'
import type { PrepareOptions, SendOptions } from '../send/capabilities.ts'
import { type Observer, tell } from '../send/events.ts'
import { prepare, telling } from '../send/prepare.ts'
import { CAPABILITIES, readSendOptions, SEND_POLICY, takeMethods } from '../send/read-capabilities.ts'
import { send } from '../send/send.ts'
import type { CallOptions, Latchkey, LatchkeyOptions, Policy } from './types.ts'

/**
 * Ties a platform's capabilities together, once: from a call's payload to the tool's answer.
 *
 * @param options What the platform is able to do, and its policy. Only what a call or a tool asks for is used.
 * @returns Functions that need only what differs from call to call; they may be taken out of the object.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options.
 * @example
 * const latchkey = createLatchkey({ findTool, credentialStore, tokenCache, policy: { anonymous: 'never' } })
 * const result = await latchkey.resolveCall(payload, { callId, tenant })
 * const response = await latchkey.send(buildRequest(tool, { parameters }), tool.resolution)
 */
export function createLatchkey(options: LatchkeyOptions = {}): Latchkey {
  const read = readOptions<LatchkeyOptions>(options, LATCHKEY_OPTIONS)
  const { policy, findTool, mintCallToken, credentialStore, observe } = read
  const { policy: _policy, findTool: _findTool, ...able } = read as LatchkeyOptions
  const { sending, choosing } = splitPolicy(policy)
  return Object.freeze({
    resolveCall: async <Call>(body: Call, call?: CallOptions): Promise<ResolvedCall<Call>> => {
      const abilities: Partial<Record<string, unknown>> = { findTool, mintCallToken, credentialStore }
      const given = { ...choosing, ...readOptions<CallOptions>(call, CALL_OPTIONS), ...abilities }
      const result = await resolveCall(body, given as ResolveCallOptions)
      tellOutcome(observe, result)
      return result
    },
    prepare: async (request, resolution, more?: PrepareOptions) => prepare(request, resolution, able, more),
    send: async (request, resolution, more?: SendOptions) => {
      // Read before they are joined: what is `undefined` leaves the policy as it is.
      const given = await telling(able, async () => readSendOptions(more))
      return send(request, resolution, able, { ...sending, ...given })
    },
  } satisfies Latchkey)
}

/** Checked where they are used: by `resolveCall`. */
const anything = (): boolean => true

const CHOOSING_POLICY = {
  anonymous: ['lastResort', 'never'],
  unusedTokens: ['notice', 'refuse'],
  callTokenCounts: (value: unknown) => typeof value === 'boolean',
  unknownFields: ['refuse', 'allow'],
  allowInsecureOrigins: (value: unknown) => Array.isArray(value) && { copy: Object.freeze([...value]) },
} as const

const LATCHKEY_OPTIONS = {
  ...CAPABILITIES,
  credentialStore: (value: unknown) => takeMethods(value, ['use', 'check', 'recordUse']),
  findTool: (value: unknown) => typeof value === 'function',
  policy: (value: unknown) => ({ copy: readOptions<Policy>(value, { ...SEND_POLICY, ...CHOOSING_POLICY }) }),
}

const CALL_OPTIONS: { readonly [name in keyof Required<CallOptions>]: typeof anything } = {
  callId: anything,
  tenant: anything,
  environment: anything,
  templateContext: anything,
  expiresAt: anything,
  patches: anything,
}

interface SplitPolicy {
  readonly sending: Partial<SendOptions>
  readonly choosing: Partial<ResolveCallOptions>
}

function splitPolicy(policy: Policy = {}): SplitPolicy {
  const entries = Object.entries(policy)
  const isSending = (name: string): boolean => Object.hasOwn(SEND_POLICY, name)
  return {
    sending: Object.fromEntries(entries.filter(([name]) => isSending(name))),
    choosing: Object.fromEntries(entries.filter(([name]) => !isSending(name))),
  }
}

function tellOutcome(observe: Observer | undefined, result: ResolvedCall<unknown>): void {
  if (!result.ok) {
    for (const { tool, code } of result.problems) tell(observe, { type: 'problem', tool, code })
    return
  }
  for (const { name, resolution } of result.tools.values()) {
    const { outcome, optionIndex } = resolution
    tell(observe, { type: 'resolve', tool: name, outcome, optionIndex })
  }
}
