/** What a proxied input saw: reads of properties and listings of keys. */
export interface Counts {
  /** Reads of one property of one object, by path; more than one means that check and use may see different values. */
  readonly reads: Map<string, number>
  /** All traps that ran. */
  traps: number
}

/** Wraps a value, and everything it leads to, so that every read is counted. */
export function counting<T>(value: T): { readonly proxy: T; readonly counts: Counts } {
  const counts: Counts = { reads: new Map(), traps: 0 }
  return { proxy: wrap(value, '', counts, new Map()) as T, counts }
}

/** An object that is met again is the same proxy again, under the path where it was met first. */
function wrap(value: unknown, path: string, counts: Counts, known: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const proxy = known.get(value) ?? countingProxy(value, path, counts, known)
  known.set(value, proxy)
  return proxy
}

function countingProxy(object: object, path: string, counts: Counts, known: Map<object, object>): object {
  const tally = (): void => {
    counts.traps += 1
  }
  return new Proxy(object, {
    get(target, key, receiver) {
      tally()
      const at = `${path}/${String(key)}`
      counts.reads.set(at, (counts.reads.get(at) ?? 0) + 1)
      return wrap(Reflect.get(target, key, receiver), at, counts, known)
    },
    ownKeys(target) {
      tally()
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor(target, key) {
      tally()
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
    has(target, key) {
      tally()
      return Reflect.has(target, key)
    },
    getPrototypeOf(target) {
      tally()
      return Reflect.getPrototypeOf(target)
    },
    set() {
      throw new Error('an input was written to')
    },
    defineProperty() {
      throw new Error('an input was written to')
    },
    deleteProperty() {
      throw new Error('an input was written to')
    },
    setPrototypeOf() {
      throw new Error('an input was written to')
    },
    preventExtensions() {
      throw new Error('an input was written to')
    },
  })
}

/** Paths that were read more than once. */
export function readTwice({ reads }: Counts): readonly string[] {
  return [...reads].filter(([, count]) => count > 1).map(([path]) => path)
}

/** The most items that one `push` was given: about 120,000 of them overflow the stack, however deep it is. */
export function mostPushed(run: () => void): number {
  const { push } = Array.prototype
  let most = 0
  Array.prototype.push = function counted(this: unknown[], ...items: unknown[]): number {
    most = Math.max(most, items.length)
    return Reflect.apply(push, this, items) as number
  }
  try {
    run()
  } finally {
    Array.prototype.push = push
  }
  return most
}

type Anything = (this: unknown, ...parameters: never[]) => unknown

interface Patch {
  readonly owner: object
  readonly name: PropertyKey
  /** Wraps callbacks among the parameters, so that their calls count. */
  readonly prepare?: (parameters: unknown[], add: (steps: number) => void) => void
  /** Steps of one call. */
  readonly cost?: (self: unknown, parameters: readonly unknown[], result: unknown) => number
}

const arrayPrototype: object = Array.prototype
const ARRAY_CALLBACKS = ['map', 'filter', 'flatMap', 'forEach', 'some', 'every', 'find', 'findIndex', 'sort'] as const

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1
}

/** What a search walks over: from where it starts to what it finds, or to the end. */
function searched(self: unknown, [, from]: readonly unknown[], result: unknown): number {
  const start = typeof from === 'number' ? from : 0
  return 1 + (typeof result === 'number' && result >= 0 ? result : lengthOf(self)) - start
}

const whole = (self: unknown): number => 1 + lengthOf(self)
// A look-up by text costs the text, which must be hashed.
const key = (_: unknown, [argument]: readonly unknown[]): number => lengthOf(argument)
const listing = (_: unknown, [argument]: readonly unknown[]): number => 1 + Reflect.ownKeys(argument as object).length
const one = (): number => 1

const PATCHES: readonly Patch[] = [
  ...ARRAY_CALLBACKS.map((name): Patch => ({ owner: arrayPrototype, name, prepare: countCallback })),
  ...['includes', 'join'].map((name) => ({ owner: arrayPrototype, name, cost: whole })),
  { owner: arrayPrototype, name: 'indexOf', cost: searched },
  { owner: arrayPrototype, name: 'slice', cost: (_, __, result) => lengthOf(result) },
  { owner: arrayPrototype, name: 'push', cost: one },
  ...['includes', 'split', 'replace', 'replaceAll', 'isWellFormed'].map((name) => ({
    owner: String.prototype,
    name,
    cost: whole,
  })),
  { owner: String.prototype, name: 'indexOf', cost: searched },
  { owner: String.prototype, name: 'slice', cost: one },
  ...['has', 'get', 'set'].map((name) => ({ owner: Map.prototype, name, cost: key })),
  ...['has', 'add'].map((name) => ({ owner: Set.prototype, name, cost: key })),
  ...['keys', 'entries', 'values'].map((name) => ({ owner: Object, name, cost: listing })),
  { owner: RegExp.prototype, name: 'test', cost: key },
  { owner: RegExp.prototype, name: 'exec', cost: one },
  { owner: Object.getPrototypeOf([][Symbol.iterator]()) as object, name: 'next', cost: one },
]

function countCallback(parameters: unknown[], add: (steps: number) => void): void {
  const [callback] = parameters
  if (typeof callback !== 'function') return
  parameters[0] = function counted(this: unknown, ...given: unknown[]) {
    add(1)
    return Reflect.apply(callback, this, given)
  }
}

/**
 * Runs something synchronous and counts its steps: calls into the language's own library, weighed by what they walk
 * over. A number that depends on the input alone, unlike a time.
 */
export function countSteps(run: () => void): number {
  let steps = 0
  let counting = false
  const add = (more: number): void => {
    steps += more
  }
  const undo = PATCHES.map(({ owner, name, prepare, cost }) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)
    const original = descriptor?.value as Anything
    Object.defineProperty(owner, name, {
      ...descriptor,
      value: function patched(this: unknown, ...parameters: unknown[]) {
        if (!counting) return Reflect.apply(original, this, parameters as never[])
        prepare?.(parameters, add)
        const result = Reflect.apply(original, this, parameters as never[])
        counting = false
        add(cost?.(this, parameters, result) ?? 0)
        counting = true
        return result
      },
    })
    return (): void => {
      Object.defineProperty(owner, name, descriptor ?? {})
    }
  })
  try {
    counting = true
    run()
  } finally {
    counting = false
    for (const restore of undo) restore()
  }
  return steps
}
