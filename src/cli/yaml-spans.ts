import { type Document, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { pointerTo } from '../json-pointer.ts'
import type { Span, Stretch } from './source-document.ts'

// Deeper values are refused by the engine before anyone asks where they stand.
const MAX_DEPTH = 65

/** The places of a YAML document's values, or what JSON has no word for. @internal */
export interface YamlSpans {
  readonly spans: readonly Span[]
  readonly refused: { readonly at: Stretch; readonly message: string; readonly help?: string } | null
}

/** @internal */
export function readYamlSpans(parsed: Document.Parsed): YamlSpans {
  const spans: Span[] = []
  let refused: YamlSpans['refused'] = null

  function walk(node: Node | null, pointer: string, key: Stretch | null, duplicate: boolean, depth: number): void {
    const value = stretchOf(node) ?? key ?? { start: 0, end: 0 }
    spans.push({ pointer, key, value, duplicate, scalar: !isMap(node) && !isSeq(node) })
    if (depth >= MAX_DEPTH) return
    if (isSeq(node))
      node.items.forEach((item, index) => {
        walk(item as Node | null, pointerTo(pointer, index), null, false, depth + 1)
      })
    if (!isMap(node)) return
    const seen = new Set<string>()
    for (const pair of node.items as readonly Pair<Node | null, Node | null>[]) {
      const at = stretchOf(pair.key) ?? value
      const name = nameOf(pair.key)
      if (name === null) {
        refused ??= { at, ...(isMergeKey(pair.key) ? MERGE_REFUSED : KEY_REFUSED) }
        continue
      }
      walk(pair.value, pointerTo(pointer, name), at, seen.has(name), depth + 1)
      seen.add(name)
    }
  }

  walk(parsed.contents, '', null, false, 0)
  return { spans, refused }
}

const MERGE_REFUSED = { message: 'a merge key (`<<`) is not read here', help: 'write the members out' }
const KEY_REFUSED = { message: 'a key is no text', help: 'JSON has texts as keys, and nothing else' }

/** A key as JSON has it, or `null` for what it has no word for. */
function nameOf(key: Node | null): string | null {
  if (!isScalar(key) || isMergeKey(key)) return null
  const { value } = key
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}

function stretchOf(node: Node | null): Stretch | null {
  const range = node?.range
  return range === undefined || range === null ? null : { start: range[0], end: range[1] }
}

/** Comments: a `#` behind white space, outside every key and value, up to the end of its line. @internal */
export function findComments(text: string, spans: readonly Span[]): readonly Stretch[] {
  const solid = spans.flatMap(({ key, value, scalar }) => [...(key === null ? [] : [key]), ...(scalar ? [value] : [])])
  solid.sort((a, b) => a.start - b.start)
  const comments: Stretch[] = []
  let next = 0
  for (const { index, 0: comment } of text.matchAll(/(?<=^|\s)#.*/gm)) {
    while (next < solid.length && (solid[next]?.end ?? 0) <= index) next += 1
    if ((solid[next]?.start ?? text.length) > index) comments.push({ start: index, end: index + comment.length })
  }
  return comments
}
