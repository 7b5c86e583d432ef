import { definitionSchema } from '../../definition/validator.generated.ts'

/** The fields of a definition, and those on the way to its options. @internal */
export const DEFINITION_FIELDS: readonly string[] = [
  ...Object.keys(definitionSchema.shape.fields ?? {}),
  'httpSecurityOptions',
  'options',
]

/** The fields of what stands around a definition: stored tools and calls. @internal */
export const WRAPPER_FIELDS = [
  'tool',
  'call',
  'name',
  'definition',
  'selectedTools',
  'callTemplate',
  'toolOverrides',
  'results',
  'created',
  'ownership',
] as const
