import { reject } from './token-slot.ts'
import { type CacheParts, type TokenPlace, tell, tellFailure } from './token-source.ts'

/** Drops a token wherever it is kept, and says whether this call did. @internal */
export type TokenDrop = (place: TokenPlace, text: string) => Promise<boolean>

/** @internal */
export function createTokenDrop(parts: CacheParts): TokenDrop {
  const pending = new Map<string, Promise<boolean>>()
  const dropOnce = async (place: TokenPlace, text: string): Promise<boolean> => {
    const name = `${place.key} ${text}`
    const first = pending.get(name)
    // Whoever comes later asks the store again: nobody knows whether it could be asked before, or has got the token since.
    if (first !== undefined) return first.then(() => false)
    const dropping = dropShared(parts, place, text).finally(() => pending.delete(name))
    pending.set(name, dropping)
    return dropping
  }
  return async (place, text) => {
    const wasKept = reject(parts.slotOf(place.key), text)
    const wasShared = await dropOnce(place, text)
    const isDropped = wasKept || wasShared
    if (isDropped) tell(parts, place, 'dropped')
    return isDropped
  }
}

async function dropShared(parts: CacheParts, place: TokenPlace, text: string): Promise<boolean> {
  try {
    return (await parts.shared?.drop(place.key, text)) ?? false
  } catch (error) {
    tellFailure(parts, place, 'storeFailed', error)
    return false
  }
}
