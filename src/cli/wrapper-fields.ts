import { definitionSchema } from '../definition/validator.generated.ts'

/** The fields of an entry of `selectedTools`. @internal */
export const SELECTED_TOOL_FIELDS = [
  'toolId',
  'toolName',
  'temporaryTool',
  'nameOverride',
  'descriptionOverride',
  'authTokens',
  'parameterOverrides',
  'transitionId',
] as const

/** The fields of `toolOverrides`. @internal */
export const TOOL_OVERRIDES_FIELDS = ['removeAll', 'remove', 'add'] as const

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
