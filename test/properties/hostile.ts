import fc from 'fast-check'

const THROWN = 'thrown by a trap'

function explode(): never {
  throw new RangeError(THROWN)
}

function throwingProxy(trap: string): object {
  const target = trap === 'get-array' ? [1, 2, 3] : { a: 1, requirements: {} }
  return new Proxy(target, { [trap === 'get-array' ? 'get' : trap]: explode })
}

function revokedProxy(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function cyclic(): object {
  const object: Record<string, unknown> = {}
  object['self'] = { array: [object] }
  return object
}

/** An object shared 2^depth ways. */
export function dagBomb(depth: number): object {
  let object: object = { end: true }
  for (let level = 0; level < depth; level += 1) object = { left: object, right: object }
  return object
}

/** Nested arrays or objects, iteratively made. */
export function nested(depth: number, array = false): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = array ? [value] : { a: value }
  return value
}

class Instance {
  readonly requirements = {}
  get http(): never {
    return explode()
  }
}

/** Values that have broken readers elsewhere; each call makes new ones. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  'a getter that throws': () => ({
    get requirements(): never {
      return explode()
    },
  }),
  'a getter that changes': () => {
    let count = 0
    return {
      get requirements(): unknown {
        count += 1
        return count % 2 === 0 ? {} : { httpSecurityOptions: {} }
      },
    }
  },
  'a proxy whose get throws': () => throwingProxy('get'),
  'a proxy of an array whose get throws': () => throwingProxy('get-array'),
  'a proxy whose ownKeys throws': () => throwingProxy('ownKeys'),
  'a proxy whose getPrototypeOf throws': () => throwingProxy('getPrototypeOf'),
  'a proxy whose descriptors throw': () => throwingProxy('getOwnPropertyDescriptor'),
  'a proxy whose has throws': () => throwingProxy('has'),
  'a revoked proxy': () => revokedProxy({}),
  'a revoked proxy of an array': () => revokedProxy([]),
  'a revoked proxy of a function': () => revokedProxy(() => 1),
  'an array proxy with an endless length': () =>
    new Proxy([], { get: (target, key) => (key === 'length' ? Number.NaN : Reflect.get(target, key)) }),
  'an object that contains itself': cyclic,
  'a sparse array of 1e9': () => new Array(1e9),
  'a sparse array': () => Object.assign(new Array(3), { 0: 1, 2: 3 }),
  'a DAG bomb': () => dagBomb(50),
  'a DAG bomb beyond the depth': () => dagBomb(70),
  'an object nested 2,000 deep': () => nested(2_000),
  'an array nested 2,000 deep': () => nested(2_000, true),
  'a class instance': () => new Instance(),
  'a boxed string': () => new String('text'),
  'a boxed number': () => new Number(1),
  'a boxed boolean': () => new Boolean(false),
  'a date': () => new Date(0),
  'a map': () => new Map([['requirements', {}]]),
  'a set': () => new Set(['a']),
  'a weak map': () => new WeakMap(),
  'a regular expression': () => /a/g,
  'an error': () => new Error('quoted'),
  'a promise': () => Promise.resolve(1),
  'a function': () => () => 1,
  'a symbol': () => Symbol('s'),
  'a bigint': () => 1n,
  'not a number': () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'minus zero': () => -0,
  null: () => null,
  undefined: () => undefined,
  'an empty text': () => '',
  'a lone surrogate': () => '\ud800',
  'a key that is a lone surrogate': () => ({ '\udc00': 1 }),
  'a Kelvin sign': () => '\u212A',
  'an own __proto__': () => JSON.parse('{"__proto__":{"requirements":{}}}'),
  'integer-like names': () => ({ 10: 1, 2: 1, '-1': 1, 4294967295: 1 }),
  'symbol keys': () => ({ [Symbol('requirements')]: 1 }),
  'an array buffer': () => new Uint8Array(8),
  'an object without a prototype': () => Object.create(null),
  'an object with an unusual prototype': () => Object.create({ requirements: {} }),
  'a thenable': () => Object.fromEntries([['then', explode]]),
  'toString and toJSON that throw': () => ({ toString: explode, toJSON: explode, [Symbol.toPrimitive]: explode }),
  'an iterator that throws': () => ({ [Symbol.iterator]: explode }),
}

/** Makes one of {@link HOSTILE}, or anything at all; a maker, because fast-check itself looks into what it draws. */
export const hostileValue: fc.Arbitrary<() => unknown> = fc.oneof(
  fc.constantFrom(...Object.values(HOSTILE)),
  fc
    .anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      stringUnit: 'binary',
    })
    .map((value) => () => value),
)
