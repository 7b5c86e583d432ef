import { expect, test } from 'vitest'
import { SELECTED_TOOL_FIELDS, TOOL_OVERRIDES_FIELDS } from '../../src/cli/wrapper-fields.ts'
import { readSchema } from './report-schemas.ts'

interface Definitions {
  readonly definitions: Readonly<Record<string, { readonly properties: object }>>
}

test('the fields around a definition are those of the schema', () => {
  const { definitions } = readSchema('selected-tools.schema.json') as unknown as Definitions
  expect([...SELECTED_TOOL_FIELDS].sort()).toEqual(Object.keys(definitions['SelectedTool']?.properties ?? {}).sort())
  expect([...TOOL_OVERRIDES_FIELDS].sort()).toEqual(Object.keys(definitions['ToolOverrides']?.properties ?? {}).sort())
})
