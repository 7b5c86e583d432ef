import { describe, expect, test } from 'vitest'
import { definitionValidator, REPORTS, readSchema, reportValidator } from './report-schemas.ts'

interface Described {
  readonly definitions?: Readonly<Record<string, { readonly examples?: readonly unknown[] }>>
}

describe.each(REPORTS)('the schema of the %s report', (name) => {
  const file = `cli-${name}.schema.json`
  const schema = readSchema(file)

  test('accepts its own examples', () => {
    const validate = reportValidator(name)
    for (const example of schema.examples) {
      validate(example)
      expect(validate.errors ?? []).toEqual([])
    }
  })

  test('accepts the examples of its definitions', () => {
    for (const [definition, { examples = [] }] of Object.entries((schema as Described).definitions ?? {})) {
      const validate = definitionValidator(file, definition)
      for (const example of examples) {
        validate(example)
        expect([definition, validate.errors ?? []]).toEqual([definition, []])
      }
    }
  })

  test('refuses a report of another version', () => {
    const validate = reportValidator(name)
    for (const example of schema.examples) expect(validate({ ...(example as object), version: 2 })).toBe(false)
  })
})
