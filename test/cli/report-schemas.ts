import { readFileSync } from 'node:fs'
import Ajv, { type ValidateFunction } from 'ajv'

const VOCABULARY = [
  'markdownDescription',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'patternErrorMessage',
  'defaultSnippets',
  'x-issues',
]

export const REPORTS = [
  'validate',
  'resolve',
  'explain',
  'access',
  'sign',
  'verify',
  'credentials',
  'send',
  'keys',
  'migrate',
] as const

const schemas = REPORTS.map((name) => readSchema(`cli-${name}.schema.json`))
const ajv = new Ajv.default({ strict: true, allErrors: true, allowUnionTypes: true, schemas })
ajv.addVocabulary(VOCABULARY)

export function readSchema(file: string): { readonly $id: string; readonly examples: readonly unknown[] } {
  return JSON.parse(readFileSync(new URL(`../../spec/schema/${file}`, import.meta.url), 'utf8'))
}

/** The validator of what a command prints with `--format json`. */
export function reportValidator(command: string): ValidateFunction {
  const validate = ajv.getSchema(`cli-${command}.schema.json`)
  if (validate === undefined) throw new Error(`no schema for ${command}`)
  return validate
}

/** Validates against a definition inside one of the schemas. */
export function definitionValidator(file: string, name: string): ValidateFunction {
  const validate = ajv.getSchema(`${file}#/definitions/${name}`)
  if (validate === undefined) throw new Error(`no definition ${name}`)
  return validate
}
