import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromOpenApi, tokenTemplate, toOpenApi } from '../../src/dialects/index.ts'
import { describeAccess, type Requirement } from '../../src/index.ts'
import { taken } from './results.ts'

/** What `security` means: for everyone, not to be told, or the alternatives with the place of each credential. */
type Expected = 'public' | 'refused' | readonly Readonly<Record<string, string>>[]

interface Section {
  /** The description that it was taken from. */
  readonly from: string
  readonly schemes: object
  readonly cases: readonly { readonly security?: readonly object[]; readonly expected: Expected }[]
}

// Taken from the descriptions that `test/interop` reads, with the answers of a reading that imports nothing of Latchkey.
const lines = readFileSync(new URL('openapi-security.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const sections = lines.map((line) => JSON.parse(line) as Section)

/** A document with nothing but this security. */
function documentOf({ schemes }: Section, security: readonly object[] | undefined): object {
  const operation = security === undefined ? {} : { security }
  return {
    openapi: '3.0.3',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/a': { get: operation } },
    components: { securitySchemes: schemes },
  }
}

function placeOf(requirement: Requirement): string {
  const [[kind = '', given] = []] = Object.entries(requirement)
  const { name, scheme, tokenUrl, scope } = given as Record<string, string>
  if (kind === 'httpAuth') return `header Authorization ${scheme?.toLowerCase()}`
  if (kind === 'oauth2ClientCredentials') {
    return ['header Authorization client', tokenUrl, ...(scope === undefined ? [] : [scope])].join(' ')
  }
  return `${kind.replace('ApiKey', '')} ${name}`
}

describe('the security sections of real descriptions', () => {
  it('are many, of every sort', () => {
    const all = sections.flatMap(({ cases }) => cases.map(({ expected }) => expected))
    expect(sections.length).toBeGreaterThanOrEqual(200)
    expect(all.filter((expected) => expected === 'public').length).toBeGreaterThan(50)
    expect(all.filter((expected) => expected === 'refused').length).toBeGreaterThan(50)
    const told = all.filter((expected) => typeof expected !== 'string')
    expect(told.filter((alternatives) => alternatives.length > 1).length).toBeGreaterThan(20)
    expect(
      told.filter((alternatives) => alternatives.some((one) => Object.keys(one).length > 1)).length,
    ).toBeGreaterThan(10)
    expect(
      told.filter((alternatives) => alternatives.some((one) => Object.keys(one).length === 0)).length,
    ).toBeGreaterThan(3)
  })

  it.each(sections.map((section) => [section.from, section] as const))('%s', (_, section) => {
    for (const { security, expected } of section.cases) {
      const { tools, refused } = taken(fromOpenApi(documentOf(section, security)))
      if (expected === 'refused') {
        expect([tools.length, refused.length]).toEqual([0, 1])
        continue
      }
      expect(refused).toEqual([])
      const definition = tools[0]?.definition ?? {}
      const options = definition.requirements?.httpSecurityOptions?.options
      const told = options?.map(({ requirements = {} }) =>
        Object.fromEntries(Object.entries(requirements).map(([name, requirement]) => [name, placeOf(requirement)])),
      )
      expect(told ?? 'public').toEqual(expected)
      const isOpen = expected === 'public' || expected.some((alternative) => Object.keys(alternative).length === 0)
      expect(describeAccess(definition).anonymous).toBe(isOpen)
      expect(Object.keys(tokenTemplate(definition))).toEqual(describeAccess(definition).names)
      // And back: the same alternatives, in the same order.
      const written = toOpenApi(definition)
      if (!written.ok) expect(Object.keys(section.schemes).some((name) => !/^[\w.-]+$/.test(name))).toBe(true)
      else
        expect(
          taken(fromOpenApi(documentOf({ ...section, schemes: written.value.securitySchemes }, written.value.security)))
            .tools[0]?.definition,
        ).toEqual(definition)
    }
  })
})
