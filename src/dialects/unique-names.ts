/** Gives tools names that are apart without regard to case, so that each can be a file of its own. @internal */
export interface UniqueNames {
  /** A tool name near the wanted one: 1 to 64 of `A-Z a-z 0-9 _ -`, given out once. */
  take(wanted: string): string
}

const MAX_LENGTH = 64

/** @internal */
export function uniqueNames(): UniqueNames {
  const taken = new Set<string>()
  const next = new Map<string, number>()
  return {
    take(wanted) {
      const base = toolName(wanted)
      let name = base
      while (taken.has(name.toLowerCase())) {
        const number = next.get(base.toLowerCase()) ?? 2
        next.set(base.toLowerCase(), number + 1)
        const suffix = `_${number}`
        name = base.slice(0, MAX_LENGTH - suffix.length) + suffix
      }
      taken.add(name.toLowerCase())
      return name
    },
  }
}

/** The nearest text that a tool name may be; `tool` where nothing is left of it. @internal */
function toolName(wanted: string): string {
  const plain = wanted.replaceAll(/[^a-zA-Z0-9_-]+/g, '_').slice(0, MAX_LENGTH)
  // Anchored on both sides, so that a run of underscores is looked at once.
  const trimmed = plain
    .split('_')
    .filter((word) => word !== '')
    .join('_')
  return trimmed === '' ? 'tool' : trimmed
}
