/**
 * The fields of a JSON Schema without its rules, for what a validator does not tell: which keys are fields that may be
 * spelled in `snake_case`, and which known name an unknown one was meant to be.
 * @internal
 */
export interface Shape {
  /** Known fields of an object. */
  readonly fields?: { readonly [name: string]: Shape }
  /** Shape of each value of an object whose keys users choose. */
  readonly values?: Shape
  /** Shape of each item of an array. */
  readonly items?: Shape
  /** Whether `null` is a value here, not the absence of one. */
  readonly nullable?: true
}

/** The shape at a path, or `undefined` where the schema leaves it open. @internal */
export function shapeAt(root: Shape, segments: readonly string[]): Shape | undefined {
  let shape: Shape | undefined = root
  for (const segment of segments) {
    if (shape === undefined) return undefined
    const { items, values, fields }: Shape = Object.assign(Object.create(null), shape)
    shape = items ?? values ?? (fields !== undefined && Object.hasOwn(fields, segment) ? fields[segment] : undefined)
  }
  return shape
}
