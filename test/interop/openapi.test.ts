import { expect, it } from 'vitest'
import { fromOpenApi, type Imported, type ImportedTool, type RefusedTool } from '../../src/dialects/index.ts'
import type { Requirement, SecurityOption } from '../../src/index.ts'
import { corpusFiles, readDescription } from './openapi-corpus.ts'
import { operationsOf, type Reading, readSecurity } from './openapi-reading.ts'

/** An option in the words of the independent reading. */
function told({ requirements = {} }: SecurityOption): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(requirements).map(([name, requirement]) => [name, placeOf(requirement)]))
}

function placeOf(requirement: Requirement): string {
  const [[kind = '', given] = []] = Object.entries(requirement)
  const { name, scheme, tokenUrl, scope } = given as Record<string, string>
  if (kind === 'headerApiKey') return `header ${name}`
  if (kind === 'queryApiKey') return `query ${name}`
  if (kind === 'cookieApiKey') return `cookie ${name}`
  if (kind === 'httpAuth') return `header Authorization ${scheme?.toLowerCase()}`
  return ['header Authorization client', tokenUrl, ...(scope === undefined ? [] : [scope])].join(' ')
}

function readingOf({ definition }: ImportedTool): Reading {
  return definition.requirements?.httpSecurityOptions?.options?.map(told) ?? 'public'
}

/** The first error of a refused operation, without what differs from one to the next. */
function reasonOf({ issues }: RefusedTool): string {
  const first = issues.find(({ severity }) => severity === 'error')
  return `${first?.code}: ${first?.message.replaceAll(/`[^`]*`(?:, `[^`]*`)*/g, '…')}`
}

const UNDECLARED = 'ERR_DIALECT_INEXPRESSIBLE: the operation has no …, and yet asks for …'

/** An operation with a parameter that has no name, or with a required `Authorization` that no scheme declares. */
function isRefusedForParameter(tool: RefusedTool): boolean {
  return reasonOf(tool) === UNDECLARED || reasonOf(tool).startsWith('ERR_FIELD_VALUE: a parameter')
}

function readAll(document: unknown, options = {}): Imported {
  const read = fromOpenApi(document, options)
  if (read.ok) return read.value
  throw new Error(`not read: ${read.issues[0]?.message}`)
}

/** Where the document's own server decides, the same with another one: then only `security` does. */
function withServer(document: unknown, read: Imported): Imported {
  const isDecided = read.refused.some((tool) => /DIALECT_SERVER|BASE_URL/.test(reasonOf(tool)))
  return isDecided ? readAll(document, { server: 'https://api.example.com' }) : read
}

/** Operations whose tools are not what an independent reading makes of their `security`. */
function differencesIn(
  document: { readonly [field: string]: unknown },
  { tools, refused }: Imported,
): readonly string[] {
  const operations = operationsOf(document)
  const schemes = ((document['components'] ?? {}) as Record<string, never>)['securitySchemes'] ?? {}
  const readings = new Map(tools.map((tool) => [tool.pointer, readingOf(tool)]))
  const byParameter = new Set(refused.filter(isRefusedForParameter).map(({ pointer }) => pointer))
  const names = new Set([...tools, ...refused].map(({ name }) => name.toLowerCase()))
  const different = operations.filter(({ label, pointer, security }) => {
    // Refused whatever their security says.
    if (label.includes('#') || label.startsWith('TRACE ') || byParameter.has(pointer)) return false
    return JSON.stringify(readings.get(pointer) ?? 'refused') !== JSON.stringify(readSecurity(security, schemes))
  })
  const isComplete = tools.length + refused.length === operations.length && names.size === operations.length
  return [...different.map(({ label }) => label), ...(isComplete ? [] : ['the number of operations'])]
}

function count(found: Map<string, number>, what: string, number = 1): void {
  found.set(what, (found.get(what) ?? 0) + number)
}

it('imports the operations of 2,639 real descriptions, and loses no alternative of any of them', () => {
  const counts = new Map<string, number>()
  const reasons = new Map<string, number>()
  const differences: string[] = []
  for (const path of corpusFiles()) {
    const document = readDescription(path)
    const read = readAll(document)
    count(counts, 'documents')
    count(counts, 'imported', read.tools.length)
    count(counts, 'refused', read.refused.length)
    for (const tool of read.refused) count(reasons, reasonOf(tool))
    for (const tool of read.tools) {
      const reading = readingOf(tool)
      const isOptional =
        reading !== 'public' && reading !== 'refused' && reading.some((names) => Object.keys(names).length === 0)
      count(counts, reading === 'public' ? 'public' : isOptional ? 'optional' : 'authenticated')
    }
    differences.push(...differencesIn(document, withServer(document, read)).map((label) => `${path} ${label}`))
  }
  expect(differences).toEqual([])
  expect(Object.fromEntries(counts)).toEqual({
    documents: 2_639,
    imported: 87_403,
    authenticated: 25_034,
    optional: 488,
    public: 61_881,
    refused: 37_804,
  })
  expect(Object.fromEntries(reasons)).toEqual({
    'ERR_DIALECT_INEXPRESSIBLE: an … scheme has only …, and not …': 18_437,
    'ERR_DIALECT_INEXPRESSIBLE: what stands behind a … is never sent': 9_760,
    "ERR_DIALECT_SERVER: the server URL is relative to the document's own address, which is not known": 4_940,
    [UNDECLARED]: 1_470,
    'ERR_BASE_URL_INSECURE: a credential would travel over plain http, readable on the way': 2_085,
    'ERR_TOKEN_URL: expected an absolute https URL in its plain spelling, without a placeholder or fragment': 1_081,
    'ERR_CARRIER_CONFLICT: … and … would both write the header …': 24,
    'ERR_METHOD: … is not a usable HTTP method': 5,
    'ERR_FIELD_VALUE: a parameter … is empty or holds a control character': 1,
    'ERR_HEADER_NAME: a header … is not an RFC 9110 token': 1,
  })
}, 1_800_000)
