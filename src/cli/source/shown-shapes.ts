import type { Shape } from '../../definition/shape.ts'
import { definitionSchema } from '../../definition/validator.generated.ts'

/** Anything, at any depth, without a secret in it. @internal */
export const OPEN: Shape = {}

const LEAF: Shape = {}
const NOWHERE: Shape = { fields: {} }

const definition = definitionShape(definitionSchema.shape)
const securityOptions = fieldOf(fieldOf(definition, 'requirements'), 'httpSecurityOptions')
const option = fieldOf(securityOptions, 'options').items ?? NOWHERE
const requirements = fieldOf(option, 'requirements')
const requirement = requirements.values ?? NOWHERE

const stored = withFields({ definition, name: LEAF, toolId: LEAF, id: LEAF, created: LEAF, ownership: LEAF })
const selected = withFields({
  temporaryTool: definition,
  toolId: LEAF,
  toolName: LEAF,
  nameOverride: LEAF,
  descriptionOverride: LEAF,
  transitionId: LEAF,
})
const overrides = withFields({ removeAll: LEAF, remove: { items: LEAF }, add: { items: selected } })
const template = withFields({ selectedTools: { items: selected } })
const call = withFields({ ...template.fields, callTemplate: template, toolOverrides: overrides })
const tool = withFields({ ...stored.fields, ...definition.fields })
const list = withFields({ results: { items: stored }, next: LEAF, previous: LEAF, total: LEAF })

const root = withFields({ ...call.fields, ...tool.fields, ...list.fields, tool, call })
// By name only the definition: a misspelt `authTokens` is a map by name as well.
const byName = { values: withFields({ definition }) }
const roots = [root, byName, option, requirements, requirement, securityOptions, selected]

/**
 * Every form of a file, but for the fields whose values are secrets: what is not in any of them is not shown. The
 * `writeOnly` fields of the schemas are `authTokens`, `templateContext` and the value of a static parameter.
 * @internal
 */
export const SHOWN_SHAPES: readonly Shape[] = [...roots, ...roots.map((items) => ({ items }))]

function definitionShape(shape: Shape): Shape {
  const { dynamicParameters = NOWHERE, staticParameters = NOWHERE, ...others } = shape.fields ?? {}
  const { value: _, ...shown } = staticParameters.items?.fields ?? {}
  return withFields({
    ...others,
    dynamicParameters: { items: withFields({ ...dynamicParameters.items?.fields, schema: OPEN }) },
    staticParameters: { items: withFields(shown) },
  })
}

function withFields(fields: NonNullable<Shape['fields']>): Shape {
  return { fields }
}

function fieldOf({ fields = {} }: Shape, name: string): Shape {
  return fields[name] ?? NOWHERE
}
