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
    Object.defineProperty(Secret.prototype, SECRET, { value: true })
    Object.defineProperty(Secret.prototype, INSPECT, { value: () => SHOWN })
  }
}

/** Whether a value is a Secret, of this copy of the package or of another one. @internal */
export function isSecret(value: unknown): value is Secret {
  if (value instanceof Secret) return true
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { [SECRET]?: unknown })[SECRET] === true &&
    typeof (value as { reveal?: unknown }).reveal === 'function'
  )
}
