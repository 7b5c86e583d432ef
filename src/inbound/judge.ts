import type { KnownCaller } from './authenticator-options.ts'
import type { Prover } from './provers.ts'
import type { ReceivedMessage } from './read-message.ts'

/** Who proved which option. @internal */
export type Proven = { readonly optionIndex: number; readonly principal: string | null }

/** Who proved an option, or why nobody did; `null` where nothing was presented at all. @internal */
export async function judge(
  ways: readonly (readonly Prover[])[],
  callers: readonly KnownCaller[],
  message: ReceivedMessage,
): Promise<Proven | 'ERR_CREDENTIALS_REPEATED' | 'ERR_CREDENTIALS_INVALID' | null> {
  const provers = ways.flat()
  if (provers.some((prover) => prover.isRepeated(message))) return 'ERR_CREDENTIALS_REPEATED'
  const proven = await firstProven(ways, callers, message)
  if (proven !== null) return proven
  if (provers.some((prover) => prover.isJoined(message))) return 'ERR_CREDENTIALS_REPEATED'
  return provers.some((prover) => prover.isPresented(message)) ? 'ERR_CREDENTIALS_INVALID' : null
}

async function firstProven(
  ways: readonly (readonly Prover[])[],
  callers: readonly KnownCaller[],
  message: ReceivedMessage,
): Promise<Proven | null> {
  for (const [optionIndex, provers] of ways.entries()) {
    const principal = provers.length === 0 ? undefined : await principalOf(provers, callers, message)
    if (principal !== undefined) return { optionIndex, principal }
  }
  return null
}

/** Who proved every requirement of one option; `undefined`: nobody did. */
async function principalOf(
  provers: readonly Prover[],
  callers: readonly KnownCaller[],
  message: ReceivedMessage,
): Promise<string | null | undefined> {
  let candidates: ReadonlySet<number> = new Set(callers.keys())
  let holder: string | null = null
  for (const prover of provers) {
    const proof = await prover.prove(message, candidates)
    if (proof === null) return undefined
    candidates = proof.callers
    holder = proof.holder ?? holder
  }
  if (!provers.some(({ identifies }) => identifies)) return holder
  const [first] = candidates
  return first === undefined ? undefined : callers[first]?.principal
}
