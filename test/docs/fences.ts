/** A fenced block of a Markdown page. */
export interface Fence {
  /** First word of the info string. */
  readonly language: string
  /** The rest of the info string: what the block is for. */
  readonly purpose: string
  readonly text: string
  /** Offsets of `text` in the page; `end` is exclusive. */
  readonly start: number
  readonly end: number
}

const FENCE = /^```([a-z]+)?(?: ([^\n]+))?\n([\s\S]*?)^```$/gm

/** Every fenced block of a page, in order. */
export function readFences(page: string): readonly Fence[] {
  return [...page.matchAll(FENCE)].map((match) => {
    const [whole, language = '', purpose = '', text = ''] = match
    const end = match.index + whole.length - '```'.length
    return { language, purpose, text, start: end - text.length, end }
  })
}

/** The page with other texts in some of its blocks. */
export function replaceFences(page: string, replacements: ReadonlyMap<Fence, string>): string {
  let result = ''
  let taken = 0
  for (const [fence, text] of [...replacements].sort(([a], [b]) => a.start - b.start)) {
    result += page.slice(taken, fence.start) + text
    taken = fence.end
  }
  return result + page.slice(taken)
}

/** The text under a heading of the second level, without it. */
export function sectionOf(page: string, heading: string): string {
  const [, after = ''] = page.split(`\n## ${heading}\n`)
  return after.split(/^## /m)[0] ?? ''
}
