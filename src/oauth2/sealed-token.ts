import { open, type SealingKey, seal } from '../envelope.ts'
import { Secret } from '../secret.ts'
import type { KeptToken } from './kept-token.ts'

/** A multiple of it is sealed, so that the length of the sealed text tells little of the token's. */
const BLOCK_CHARACTERS = 512

/** @internal */
export function sealToken(kept: KeptToken, key: SealingKey, name: string): Promise<string> {
  const { access, askedAtMs, lifetimeMs } = kept
  const text = JSON.stringify([access.token.reveal(), access.expiresAtMs, askedAtMs, lifetimeMs])
  return seal(text.padEnd(Math.ceil(text.length / BLOCK_CHARACTERS) * BLOCK_CHARACTERS), key, contextOf(name))
}

/** @returns `null` where no key opens it, or it is damaged: then there is no token. @internal */
export async function openToken(sealed: string, keys: readonly SealingKey[], name: string): Promise<KeptToken | null> {
  try {
    // What opens is what a worker with the same key has sealed.
    const [text, expiresAtMs, askedAtMs, lifetimeMs] = JSON.parse(await open(sealed, keys, contextOf(name)))
    return { access: Object.freeze({ token: new Secret(text), expiresAtMs }), askedAtMs, lifetimeMs }
  } catch {
    return null
  }
}

/** It opens under the name that it was sealed for, and under no other. */
function contextOf(name: string): readonly string[] {
  return ['access token', name]
}
