const SECRET: unique symbol = Symbol.for('latchkey.Secret')
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')
const SHOWN = '[secret]'

/**
 * Holds a secret text so that it cannot be printed by accident.
 *
 * It shows as `[secret]` in `String`, template literals, `JSON.stringify`, `console.log` and `util.inspect`;
 * {@link Secret.reveal} is the only way out (SEC-1).
 *
 * @example
 * const key = new Secret('s3cr3t')
 * `${key}`     // '[secret]'
 * key.reveal() // 's3cr3t'
 */
export class Secret {
  readonly #value: string

  /** @param value The secret text. Kept as it is; a resolution checks whether its carrier can hold it. */
  constructor(value: string) {
    this.#value = value
  }

  /** Returns the secret text. Call it only where the value leaves the process. */
  reveal(): string {
    return this.#value
  }

  /** Returns `[secret]`. */
  toString(): string {
    return SHOWN
  }

  /** Returns `[secret]`. */
  toJSON(): string {
    return SHOWN
  }

  static {
    // Two copies of the package recognise each other's secrets by the first; Node's console and inspect call the second.
    Object.defineProperty(Secret.prototype, SECRET, { __proto__: null, value: true } as PropertyDescriptor)
    Object.defineProperty(Secret.prototype, INSPECT, { __proto__: null, value: () => SHOWN } as PropertyDescriptor)
  }
}

/**
 * The text of a secret, of this copy of the package or of another one; `undefined` for anything else. Reads each property
 * once.
 * @internal
 */
export function secretText(value: object): string | undefined {
  if (value instanceof Secret) return value.reveal()
  const other = value as { readonly [SECRET]?: unknown; readonly reveal?: unknown }
  if (other[SECRET] !== true) return undefined
  const { reveal } = other
  const text: unknown = typeof reveal === 'function' ? Reflect.apply(reveal, value, []) : undefined
  return typeof text === 'string' ? text : undefined
}
