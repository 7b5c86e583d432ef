import { pointerTo } from '../../json-pointer.ts'

/** A stretch of a text by offsets; `end` is exclusive. @internal */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** Where a value stands in a text. */
interface Span {
  /** The key in its quotes, or `null` for array items and the root. */
  readonly key: Stretch | null
  readonly value: Stretch
  /** Whether the same key stood earlier in the object, also when spelled otherwise. */
  readonly duplicate: boolean
  /** Whether it is a text, number, boolean or null, and not an object or array. */
  readonly scalar: boolean
}

/**
 * A value of a text in the tree of all of them. Its pointer is told only where one is needed: the pointers of all
 * values cost the product of their number and the length of the keys above them.
 * @internal
 */
export interface Place {
  readonly container: Place | null
  readonly segment: string | number
  /** By key or position; of a key that stands twice the later one. */
  children: Map<string, Place> | null
  span: Span
}

const NOWHERE: Span = { key: null, value: { start: 0, end: 0 }, duplicate: false, scalar: true }

/** @internal */
export function rootPlace(): Place {
  return { container: null, segment: '', children: null, span: NOWHERE }
}

/** @internal */
export function addPlace(container: Place, segment: string | number): Place {
  const place: Place = { container, segment, children: null, span: NOWHERE }
  container.children ??= new Map()
  container.children.set(String(segment), place)
  return place
}

/** The keys and positions from the root to a value. @internal */
export function segmentsOf(place: Place): readonly (string | number)[] {
  const segments: (string | number)[] = []
  for (let at = place; at.container !== null; at = at.container) segments.unshift(at.segment)
  return segments
}

/** @internal */
export function pointerOf(place: Place): string {
  return pointerTo('', ...segmentsOf(place))
}
