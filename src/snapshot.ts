import type { IssueCode } from './errors.ts'
import { pointerTo } from './json-pointer.ts'
import { type Issue, makeIssue, type Result } from './result.ts'
import { secretText } from './secret.ts'
import type { JsonValue } from './types.ts'

const MAX_DEPTH = 64
const MAX_VALUES = 1_000_000

type Container = JsonValue[] | { [key: string]: JsonValue }

interface Frame {
  readonly source: object
  readonly copy: Container
  /** `null` for an array. */
  readonly keys: readonly string[] | null
  readonly length: number
  /** How many children have been taken. */
  next: number
  /** Depth of the deepest finished child. */
  height: number
  /** How many values had been counted when it was opened; once it is finished, how many it holds when written out. */
  values: number
}

class Refusal {
  readonly code: RefusalCode
  constructor(code: RefusalCode) {
    this.code = code
  }
}

type RefusalCode = keyof typeof REFUSALS

/** How scalars are copied. @internal */
export interface SnapshotOptions {
  /** Takes a `Secret` for its text. Default false: a secret is no JSON. */
  readonly reveal?: boolean
}

/**
 * Takes a private, deeply frozen copy of JSON-like input (TOK-4).
 *
 * Each property is read once, own enumerable ones only, so getters and proxies cannot show one value to the check and
 * another to the use. Objects of the copy have no prototype, so a polluted `Object.prototype` shows nothing in them.
 * There is no recursion; what is not JSON, too deep (64), too large (1,000,000 values) or ill-formed is refused.
 * Properties that are `undefined` count as absent.
 * @internal
 */
export function snapshot(input: unknown, options: SnapshotOptions = {}): Result<JsonValue> {
  const stack: Frame[] = []
  try {
    return { ok: true, value: copyTree(input, stack, options), issues: [] }
  } catch (error) {
    // Whatever a getter or a proxy threw may quote a secret: it is dropped.
    const code = error instanceof Refusal ? error.code : 'ERR_INPUT_UNREADABLE'
    return { ok: false, issues: [refusalIssue(code, stack)] }
  }
}

function copyTree(input: unknown, stack: Frame[], options: SnapshotOptions): JsonValue {
  if (!isObject(input)) return copyScalar(input)
  const finished = new Map<object, Frame>()
  let values = 1
  const root = openFrame(input, values)
  stack.push(root)
  finished.set(input, root)
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === frame.length) {
      Object.freeze(frame.copy)
      stack.pop()
      frame.values = values - frame.values
      const parent = stack.at(-1)
      if (parent !== undefined) parent.height = Math.max(parent.height, frame.height + 1)
      continue
    }
    values += 1
    if (values > MAX_VALUES) throw new Refusal('ERR_INPUT_TOO_LARGE')
    const key = keyAt(frame, frame.next)
    frame.next += 1
    // A hole of a list would be filled from a polluted prototype.
    if (frame.keys === null && !Object.hasOwn(frame.source, key)) throw new Refusal('ERR_INPUT_NOT_JSON')
    const given: unknown = (frame.source as Record<string | number, unknown>)[key]
    const child: unknown = options.reveal === true && isObject(given) ? (secretText(given) ?? given) : given
    if (!isObject(child)) {
      if (child === undefined && frame.keys !== null) continue
      put(frame.copy, key, copyScalar(child))
      continue
    }
    const known = finished.get(child)
    if (known !== undefined) {
      // Still open means that the object contains itself.
      if (stack.includes(known)) throw new Refusal('ERR_INPUT_TOO_DEEP')
      if (stack.length + known.height + 1 > MAX_DEPTH) throw new Refusal('ERR_INPUT_TOO_DEEP')
      // What is shared counts each time: whoever writes it out, or walks over it, meets it each time.
      values += known.values
      if (values > MAX_VALUES) throw new Refusal('ERR_INPUT_TOO_LARGE')
      frame.height = Math.max(frame.height, known.height + 1)
      put(frame.copy, key, known.copy as JsonValue)
      continue
    }
    if (stack.length >= MAX_DEPTH) throw new Refusal('ERR_INPUT_TOO_DEEP')
    const opened = openFrame(child, values)
    finished.set(child, opened)
    put(frame.copy, key, opened.copy as JsonValue)
    stack.push(opened)
  }
  return root.copy as JsonValue
}

function openFrame(source: object, values: number): Frame {
  if (Array.isArray(source)) return { source, copy: [], keys: null, length: source.length, next: 0, height: 0, values }
  const prototype: unknown = Object.getPrototypeOf(source)
  // Another realm's Object.prototype counts; a class instance, a Map or a Date does not.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new Refusal('ERR_INPUT_NOT_JSON')
  const keys = Object.keys(source)
  for (const key of keys) if (!key.isWellFormed()) throw new Refusal('ERR_INPUT_ILL_FORMED')
  return { source, copy: Object.create(null) as Container, keys, length: keys.length, next: 0, height: 0, values }
}

/** INVARIANT: `index` is that of a child. */
function keyAt({ keys }: Frame, index: number): string | number {
  return keys === null ? index : (keys[index] as string)
}

function put(copy: Container, key: string | number, value: JsonValue): void {
  if (Array.isArray(copy)) copy.push(value)
  else copy[key] = value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function copyScalar(value: unknown): JsonValue {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new Refusal('ERR_INPUT_ILL_FORMED')
    return value
  }
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new Refusal('ERR_INPUT_NOT_JSON')
}

function refusalIssue(code: RefusalCode, stack: readonly Frame[]): Issue {
  // An object refused before its first child was taken is at its parent's current key.
  const taken = stack.filter((frame) => frame.next > 0).map((frame) => keyAt(frame, frame.next - 1))
  return makeIssue(code, pointerTo('', ...taken.map(wellFormed)), REFUSALS[code])
}

function wellFormed(segment: string | number): string | number {
  return typeof segment === 'string' ? segment.toWellFormed() : segment
}

const REFUSALS = {
  ERR_INPUT_UNREADABLE: 'a property could not be read: a getter or proxy threw',
  ERR_INPUT_NOT_JSON: 'expected JSON: an object, array, string, finite number, boolean or null',
  ERR_INPUT_TOO_DEEP: `nested deeper than ${MAX_DEPTH} levels, or contains itself`,
  ERR_INPUT_TOO_LARGE: `more than ${MAX_VALUES} values`,
  ERR_INPUT_ILL_FORMED: 'not well-formed Unicode: a lone surrogate',
} as const satisfies Partial<Record<IssueCode, string>>
