import type { IssueCode } from '../errors.ts'
import type { Shape } from './shape.ts'

/** What ajv's generated code reports of one failed keyword. @internal */
export interface SchemaError {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly params: { readonly [name: string]: unknown }
  /** Set where the error is about the name of a property. */
  readonly propertyName?: string
}

/** A JSON Schema in the forms that are used at run time. @internal */
export interface CompiledSchema {
  readonly shape: Shape
  /** What to say of a failed keyword, by its place in the schema. */
  readonly texts: {
    readonly [schemaPath: string]: { readonly code: IssueCode; readonly message: string; readonly help?: string }
  }
  readonly validate: { (value: unknown, context: object): boolean; errors?: readonly SchemaError[] | null }
}
