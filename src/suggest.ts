const MAX_CANDIDATES = 200
const MAX_LENGTH = 64

/** Whoever writes more unknown words misspelt none of them, and looking for what each was meant to be takes time. @internal */
export const MAX_SUGGESTIONS = 50

/**
 * Finds the known word that a written one was probably meant to be.
 *
 * @param known Words that are allowed here; only the first 200 are tried.
 * @returns The nearest of them, or `undefined` when none is near.
 * @internal
 */
export function suggest(written: string, known: Iterable<string>): string | undefined {
  if (written.length > MAX_LENGTH) return undefined
  const plain = simplify(written)
  let best: string | undefined
  let bestDistance = Math.floor(Math.max(written.length, 3) / 3) + 1
  let tried = 0
  for (const candidate of known) {
    tried += 1
    if (tried > MAX_CANDIDATES) break
    if (candidate === written || candidate.length > MAX_LENGTH) continue
    const distance = editDistance(plain, simplify(candidate), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `did you mean …?`, or `undefined`. @internal */
export function didYouMean(written: string, known: Iterable<string>): string | undefined {
  const candidate = suggest(written, known)
  return candidate === undefined ? undefined : `did you mean \`${candidate}\`?`
}

/** Says `did you mean …?` for the first {@link MAX_SUGGESTIONS} words that it is asked about. @internal */
export function createAdviser(): typeof didYouMean {
  let asked = 0
  return (written, known) => {
    asked += 1
    return asked > MAX_SUGGESTIONS ? undefined : didYouMean(written, known)
  }
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** Levenshtein's distance with adjacent swaps as one edit (optimal string alignment), or a number from `limit` on. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    let isNear = row < limit
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1)
      isNear ||= distance < limit
      current.push(distance)
    }
    // A swap costs no less than either of its rows: once a whole row is far, all that follow are.
    if (!isNear) return limit
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

/** INVARIANT: the row has been filled up to this column. */
function at(row: readonly number[], column: number): number {
  return row[column] as number
}
