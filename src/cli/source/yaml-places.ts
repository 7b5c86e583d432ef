import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { addPlace, type Place, rootPlace, type Stretch } from './place-tree.ts'
import type { DocumentPlaces } from './source-document.ts'

// Deeper values are refused by the engine before anyone asks where they stand.
const MAX_DEPTH = 65

/** The places of a YAML document's values, or what JSON has no word for. @internal */
export interface YamlPlaces extends DocumentPlaces {
  readonly refused: Refused | null
}

interface Refused {
  readonly at: Stretch
  readonly message: string
  readonly help: string
}

interface Walk {
  readonly all: Place[]
  refused: Refused | null
}

/** @internal */
export function readYamlPlaces(parsed: Document.Parsed): YamlPlaces {
  const root = rootPlace()
  const walk: Walk = { all: [], refused: null }
  enter(walk, parsed.contents, root, null, false, 0)
  return { root, all: walk.all, refused: walk.refused }
}

function enter(
  walk: Walk,
  node: Node | null,
  place: Place,
  key: Stretch | null,
  duplicate: boolean,
  depth: number,
): void {
  const value = stretchOf(node) ?? key ?? { start: 0, end: 0 }
  place.span = { key, value, duplicate, scalar: !isMap(node) && !isSeq(node) }
  walk.all.push(place)
  if (depth >= MAX_DEPTH) return
  if (isSeq(node)) enterItems(walk, node, place, depth)
  else if (isMap(node)) enterMembers(walk, node as YAMLMap<Node | null, Node | null>, place, depth)
}

function enterItems(walk: Walk, { items }: YAMLSeq, place: Place, depth: number): void {
  items.forEach((item, index) => {
    enter(walk, item as Node | null, addPlace(place, index), null, false, depth + 1)
  })
}

function enterMembers(walk: Walk, map: YAMLMap<Node | null, Node | null>, place: Place, depth: number): void {
  const seen = new Set<string>()
  for (const pair of map.items) {
    const key = stretchOf(pair.key) ?? place.span.value
    const name = nameOf(pair.key)
    walk.refused ??= refuseMember(pair, name, map.flow === true, key)
    if (name === null) continue
    enter(walk, pair.value, addPlace(place, name), key, seen.has(name), depth + 1)
    seen.add(name)
  }
}

function refuseMember(
  { key, value }: Pair<Node | null, Node | null>,
  name: string | null,
  flow: boolean,
  at: Stretch,
): Refused | null {
  if (name === null) return { at, ...(isMergeKey(key) ? MERGE_REFUSED : KEY_REFUSED) }
  // `{ a, b }`: rather a broken list of members than two keys that someone wanted, and `b` may be a token.
  return value === null && flow ? { at, ...VALUE_MISSING } : null
}

const VALUE_MISSING = { message: 'a key inside braces has no value', help: 'write `null` if that is meant' }
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
export function findComments(text: string, all: readonly Place[]): readonly Stretch[] {
  const solid = all.flatMap(({ span: { key, value, scalar } }) => [
    ...(key === null ? [] : [key]),
    ...(scalar ? [value] : []),
  ])
  solid.sort((a, b) => a.start - b.start)
  const comments: Stretch[] = []
  let next = 0
  for (const { index, 0: comment } of text.matchAll(/(?<=^|\s)#.*/gm)) {
    while (next < solid.length && (solid[next]?.end ?? 0) <= index) next += 1
    if ((solid[next]?.start ?? text.length) > index) comments.push({ start: index, end: index + comment.length })
  }
  return comments
}
