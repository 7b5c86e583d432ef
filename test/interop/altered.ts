import type { Message } from './message.ts'

/** How many messages are altered of each sender. */
export const ALTERED = 300

/** Numbers that look random and are the same each time (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A signed message, each time altered in one character: of the body, or of a header that was signed or signs. */
export function alteredMessages(message: Message, seed: number): readonly Message[] {
  const random = createRandom(seed)
  return Array.from({ length: ALTERED }, () => {
    const names = Object.keys(message.headers)
    const pick = random(names.length + 1)
    const name = names[pick]
    if (name === undefined) return { ...message, body: alter(message.body, random) }
    return { ...message, headers: { ...message.headers, [name]: alter(String(message.headers[name]), random) } }
  })
}

/** One character changed, left out, doubled or added; never into the same text. */
function alter(text: string, random: (below: number) => number): string {
  const at = random(Math.max(1, text.length))
  const other = 'abcxyz0189+/='[random(13)] ?? ''
  const changed = [
    text.slice(0, at) + other + text.slice(at + 1),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + other + text.slice(at),
  ][random(3)]
  return changed === undefined || changed === text ? `${other}${text}` : changed
}
