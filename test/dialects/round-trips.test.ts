import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromOpenApi,
  fromTavus,
  fromUltravox,
  fromVapi,
  fromVapiCredential,
  type ToolWithTokens,
  toOpenApi,
  toTavus,
  toUltravox,
  toVapi,
  toVapiCredential,
} from '../../src/dialects/index.ts'
import { canonicalRequirement, canonicalText } from '../../src/dialects/same-tool.ts'
import { type Requirement, Secret, type SecurityOption, type Token } from '../../src/index.ts'
import { snapshot } from '../../src/snapshot.ts'
import { check } from '../properties/settings.ts'
import {
  about,
  type DrawnRequirement,
  drawnRequest,
  openApiRequirement,
  tavusRequirement,
  ultravoxRequirement,
  vapiForm,
  vapiRequirements,
} from './drawn-tools.ts'
import { taken } from './results.ts'

const NAMES = ['myServiceApiKey', 'user_id', '10', '2', 'key~one/two', 'toString'] as const

interface Drawn {
  readonly tool: ToolWithTokens
  readonly names: readonly string[]
}

/** A tool with these requirements all in one option; secrets as texts or as `Secret`. */
function toolOf(
  rest: object,
  request: object,
  requirements: readonly DrawnRequirement[],
  names: readonly string[],
  hidden: boolean,
): Drawn {
  const named = requirements.map(({ requirement }, index) => [names[index] ?? '', requirement])
  const tokens = requirements.map(({ token }, index) => [names[index] ?? '', hidden ? hide(token) : token])
  const options = [{ requirements: Object.fromEntries(named) }]
  const definition = {
    ...rest,
    ...request,
    ...(requirements.length === 0 ? {} : { requirements: { httpSecurityOptions: { options } } }),
  }
  return { tool: { definition, tokens: Object.fromEntries(tokens) } as never, names }
}

function hide(token: Token): Token {
  if (typeof token === 'string') return new Secret(token)
  const { password, clientSecret } = token as { password?: string; clientSecret?: string }
  if (password !== undefined) return { ...(token as object), password: new Secret(password) } as Token
  return clientSecret === undefined
    ? token
    : ({ ...(token as object), clientSecret: new Secret(clientSecret) } as Token)
}

/** A tool as one text: equal for equal tools. */
function textOf({ definition, tokens }: ToolWithTokens): string {
  return canonicalText({ definition, tokens: taken(snapshot(tokens, { reveal: true })) as never })
}

const drawnNames = fc.shuffledSubarray([...NAMES], { minLength: NAMES.length })

describe('what a format can say comes back as it was', () => {
  it('Tavus', () => {
    const tool = fc
      .tuple(about, drawnRequest(false), fc.option(tavusRequirement, { nil: undefined }), drawnNames, fc.boolean())
      .map(([rest, request, one, names, hidden]) =>
        toolOf(rest, request, one === undefined ? [] : [one], names, hidden),
      )
    check(
      fc.property(tool, ({ tool: given, names: [name = ''] }) => {
        const json = taken(toTavus(given))
        const text = JSON.parse(JSON.stringify(json))
        expect(textOf(taken(fromTavus(text, { requirementName: () => name })))).toBe(textOf(given))
      }),
      0.5,
    )
  })

  it('Tavus, tools that the client runs', () => {
    const tool = { definition: { modelToolName: 'show', description: 'd', client: {} }, tokens: {} }
    expect(taken(toTavus(tool))).toEqual({ name: 'show', description: 'd', delivery: { app_message: true } })
    expect(textOf(taken(fromTavus(taken(toTavus(tool)))))).toBe(textOf(tool))
  })

  it('Vapi, API request tools and servers', () => {
    const server = fc.constant({ http: { baseUrlPattern: 'https://api.example.com/hook', httpMethod: 'POST' } })
    const request = fc.oneof(
      { arbitrary: fc.tuple(about, drawnRequest(true, /^[a-z]+$/)), weight: 4 },
      { arbitrary: fc.tuple(fc.constantFrom({}, { timeout: '5s' }), server), weight: 1 },
    )
    const tool = fc
      .tuple(request, vapiRequirements, drawnNames, fc.boolean())
      .map(([[rest, sent], many, names, hidden]) => toolOf(rest, sent, many, names, hidden))
    check(
      fc.property(tool, ({ tool: given, names }) => {
        const { tool: json, credentials } = taken(toVapi(given))
        const text = JSON.parse(JSON.stringify({ json, credentials }))
        // Names have no place in Vapi's form: they are put back by what they were suggested from.
        const suggestions: string[] = []
        taken(
          fromVapi(text.json, {
            credentials: text.credentials,
            requirementName: (name) => String(suggestions.push(name)),
          }),
        )
        const byName = new Map(suggestions.map((suggestion) => [suggestion, nameFor(given, suggestion, names)]))
        const requirementName = (suggestion: string): string => byName.get(suggestion) ?? ''
        const back = taken(fromVapi(text.json, { credentials: text.credentials, requirementName }))
        expect(textOf(back)).toBe(textOf(given))
      }),
      0.3,
    )
  })

  it('Vapi credentials', () => {
    const requirement = fc.oneof(
      vapiForm,
      fc.constantFrom<Requirement>(
        { httpAuth: { scheme: 'Bearer' } },
        { headerApiKey: { name: 'X-Key' } },
        { headerApiKey: { name: 'X-Key', prefix: 'Bearer ' } },
      ),
    )
    const secret = fc.uint8Array({ minLength: 16, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'))
    check(
      fc.property(requirement, secret, (given, token) => {
        const json = JSON.parse(
          JSON.stringify(taken(toVapiCredential({ requirement: given, token: new Secret(token) }))),
        )
        const back = taken(fromVapiCredential(json))
        expect(canonicalRequirement(back.requirement)).toEqual(canonicalRequirement(given))
        expect((back.token as Secret).reveal()).toBe(token)
      }),
      0.5,
    )
  })

  it('OpenAPI, alternatives in their order, anonymous ones included', () => {
    const kinds = fc.array(openApiRequirement, { minLength: NAMES.length, maxLength: NAMES.length })
    const alternatives = fc.array(fc.subarray([0, 1, 2, 3]), { maxLength: 6 })
    const scopes = fc.array(fc.constantFrom(undefined, 'a', 'a b'), { minLength: 6, maxLength: 6 })
    check(
      fc.property(kinds, alternatives, scopes, (requirements, picked, scope) => {
        const options = picked.map((names, index) => optionOf(names, requirements, scope[index]))
        const definition = {
          http: { baseUrlPattern: 'https://api.example.com/things', httpMethod: 'GET' },
          ...(options.length === 0 ? {} : { requirements: { httpSecurityOptions: { options } } }),
        }
        const { security, securitySchemes } = JSON.parse(JSON.stringify(taken(toOpenApi(definition))))
        expect(security).toHaveLength(options.length)
        const { tools, refused } = taken(
          fromOpenApi({
            openapi: '3.0.3',
            servers: [{ url: 'https://api.example.com' }],
            paths: { '/things': { get: { operationId: 'things', security } } },
            components: { securitySchemes },
          }),
        )
        expect(refused).toEqual([])
        const read = { ...tools[0]?.definition, modelToolName: undefined }
        const back = JSON.parse(JSON.stringify(read))
        expect(textOf({ definition: back, tokens: {} })).toBe(textOf({ definition: definition as never, tokens: {} }))
      }),
      0.5,
    )
  })

  it('Ultravox', () => {
    const many = fc.uniqueArray(ultravoxRequirement, {
      maxLength: 3,
      selector: ({ requirement }) => carrierOf(requirement),
    })
    const tool = fc
      .tuple(about, drawnRequest(true), many, drawnNames, fc.boolean())
      .map(([rest, request, requirements, names, hidden]) => toolOf(rest, request, requirements, names, hidden))
    check(
      fc.property(tool, ({ tool: given }) => {
        const json = JSON.parse(JSON.stringify(taken(toUltravox(given))))
        expect(textOf(taken(fromUltravox(json)))).toBe(textOf(given))
      }),
      0.5,
    )
  })
})

/** Requirements of an option that do not get into each other's way. */
function optionOf(
  names: readonly number[],
  requirements: readonly Requirement[],
  scope: string | undefined,
): SecurityOption {
  const places = new Set<string>()
  const entries = names.flatMap((index) => {
    const requirement = requirements[index] as Requirement
    const place = carrierOf(requirement)
    if (places.has(place)) return []
    places.add(place)
    if (!Object.hasOwn(requirement, 'oauth2ClientCredentials')) return [[`s${index}`, requirement] as const]
    const { tokenUrl } = (requirement as Extract<Requirement, { oauth2ClientCredentials: unknown }>)
      .oauth2ClientCredentials
    const fields = { tokenUrl, ...(scope === undefined ? {} : { scope }) }
    return [[`s${index}`, { oauth2ClientCredentials: fields }] as const]
  })
  return entries.length === 0 ? {} : { requirements: Object.fromEntries(entries) }
}

function carrierOf(requirement: Requirement): string {
  const [[kind = '', fields] = []] = Object.entries(requirement)
  if (kind === 'httpAuth' || kind === 'oauth2ClientCredentials') return 'headerApiKey authorization'
  return `${kind} ${(fields as { name?: string }).name?.toLowerCase()}`
}

/** The name of the requirement that a suggestion of Vapi's reader belongs to. */
function nameFor({ definition, tokens }: ToolWithTokens, suggestion: string, names: readonly string[]): string {
  const { requirements = {} } = definition.requirements?.httpSecurityOptions?.options?.[0] ?? {}
  const found = names.find((name) => {
    const token = tokens[name] as { credentialId?: string } | undefined
    if (requirements[name] === undefined) return false
    if (typeof token?.credentialId === 'string') return token.credentialId === suggestion
    return carrierOf(requirements[name] as Requirement) === `headerApiKey ${suggestion.toLowerCase()}`
  })
  return found ?? ''
}
