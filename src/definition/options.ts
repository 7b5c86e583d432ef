import type { Requirement, SecurityOption, ToolDefinition } from '../types.ts'

/** JSON Pointer of the options array. @internal */
export const OPTIONS_POINTER = '/requirements/httpSecurityOptions/options'

/** The options of a definition, none where it asks for nothing. @internal */
export function optionsOf(definition: ToolDefinition): readonly SecurityOption[] {
  return definition.requirements?.httpSecurityOptions?.options ?? []
}

/** The requirements of an option, sorted by name, since their order has no meaning (SEL-5). @internal */
export function requirementsOf(option: SecurityOption): readonly (readonly [name: string, requirement: Requirement])[] {
  return Object.entries(option.requirements ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}

const NO_SCOPES: readonly string[] = Object.freeze([])

/** The scopes of an option's call token; none means that it asks for no call token (SEL-2). @internal */
export function callTokenScopes(option: SecurityOption): readonly string[] {
  return option.ultravoxCallTokenRequirement?.scopes ?? NO_SCOPES
}

/** Whether an option asks for nothing at all. @internal */
export function isAnonymous(option: SecurityOption): boolean {
  return requirementsOf(option).length === 0 && callTokenScopes(option).length === 0
}

/** Whether any option can send a credential. @internal */
export function canAuthenticate(definition: ToolDefinition): boolean {
  return optionsOf(definition).some((option) => !isAnonymous(option))
}
