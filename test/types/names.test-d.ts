import { describe, expectTypeOf, it } from 'vitest'
import {
  compile,
  defineTool,
  type NamesOf,
  parseDefinition,
  type RequirementNames,
  type Resolution,
  resolve,
  resolveOrThrow,
  Secret,
} from '../../src/index.ts'

const single = defineTool({
  modelToolName: 'stock_price',
  requirements: {
    httpSecurityOptions: { options: [{ requirements: { myServiceApiKey: { queryApiKey: { name: 'apiKey' } } } }] },
  },
})

const several = defineTool({
  http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
  requirements: {
    httpSecurityOptions: {
      options: [
        {
          requirements: {
            user_id: { headerApiKey: { name: 'X-User' } },
            auth_token: { httpAuth: { scheme: 'Bearer' } },
          },
        },
        { requirements: { 'api key': { queryApiKey: { name: 'k' } } } },
        { ultravoxCallTokenRequirement: { scopes: ['calls.read'] } },
        {},
      ],
    },
  },
})

const open = defineTool({ modelToolName: 'hangUp', client: {} })

describe('defineTool keeps the requirement names in its type', () => {
  it('of a single option', () => {
    expectTypeOf<NamesOf<typeof single>>().toEqualTypeOf<'myServiceApiKey'>()
    expectTypeOf(resolve(single, { myServiceApiKey: '<YOUR_TOKEN>' })).toEqualTypeOf<Resolution>()
    // @ts-expect-error: a letter is missing
    resolve(single, { mySeviceApiKey: 'x' })
    // @ts-expect-error: another case
    resolve(single, { myserviceapikey: 'x' })
    // @ts-expect-error: one name more than there is
    resolve(single, { myServiceApiKey: 'x', other: 'y' })
    // @ts-expect-error: the same through the throwing variant
    resolveOrThrow(single, { mySeviceApiKey: 'x' })
  })

  it('of several options, as a union', () => {
    expectTypeOf<NamesOf<typeof several>>().toEqualTypeOf<'user_id' | 'auth_token' | 'api key'>()
    resolve(several, { user_id: 'u', auth_token: 't' })
    resolve(several, { 'api key': 'k' })
    resolve(several, {})
    resolve(several)
    // @ts-expect-error: no option has this name
    resolve(several, { user_id: 'u', authToken: 't' })
  })

  it('through compile', () => {
    const plan = compile(several)
    expectTypeOf<NamesOf<typeof plan>>().toEqualTypeOf<'user_id' | 'auth_token' | 'api key'>()
    resolve(plan, { user_id: 'u', auth_token: 't' })
    // @ts-expect-error: a misspelt name does not compile here either
    resolve(compile(single), { mySeviceApiKey: 'x' })
    // @ts-expect-error: nor through a variable
    resolve(plan, { userId: 'u' })
  })

  it('and lets a tool that asks for nothing be resolved without tokens', () => {
    resolve(open)
    resolve(open, {})
    resolve(compile(open))
  })

  it('and refuses what is no definition', () => {
    // @ts-expect-error: an unknown kind
    defineTool({ requirements: { httpSecurityOptions: { options: [{ requirements: { k: { cookieKey: {} } } }] } } })
    // @ts-expect-error: an unknown field
    defineTool({ requirments: {} })
    // @ts-expect-error: a kind without its name
    defineTool({ requirements: { httpSecurityOptions: { options: [{ requirements: { k: { headerApiKey: {} } } }] } } })
  })

  it('as a type of its own', () => {
    expectTypeOf<
      RequirementNames<{
        requirements: {
          httpSecurityOptions: { options: [{ requirements: { a: never; b: never } }, { requirements: { c: never } }] }
        }
      }>
    >().toEqualTypeOf<'a' | 'b' | 'c'>()
  })
})

describe('tokens', () => {
  it('are a text, a Secret or a reference', () => {
    resolve(single, { myServiceApiKey: new Secret('x') })
    resolve(single, { myServiceApiKey: { credentialId: 'id' } }, { tenant: 't' })
    resolve(single, { myServiceApiKey: process.env['KEY'] })
    // @ts-expect-error: not a number
    resolve(single, { myServiceApiKey: 5 })
    // @ts-expect-error: nothing beside the id
    resolve(single, { myServiceApiKey: { credentialId: 'id', token: 'x' } })
    // @ts-expect-error: not null
    resolve(single, { myServiceApiKey: null })
  })
})

describe('definitions that are known at run time only', () => {
  it('take tokens of any name: what JSON.parse gave', () => {
    const definition = JSON.parse('{}')
    expectTypeOf(resolve(definition, { anyName: 'x' })).toEqualTypeOf<Resolution>()
    expectTypeOf(resolve(compile(definition), { anyName: 'x' })).toEqualTypeOf<Resolution>()
    expectTypeOf<NamesOf<typeof definition>>().toEqualTypeOf<string>()
  })

  it('an unknown value', () => {
    const definition: unknown = {}
    resolve(definition, { anyName: 'x' })
    resolve(compile(definition), { anyName: 'x' })
  })

  it('a value with the wide type of an imported JSON file', () => {
    const imported = {
      modelToolName: 'stock_price',
      requirements: {
        httpSecurityOptions: { options: [{ requirements: { anyName: { headerApiKey: { name: 'X-Key' } } } }] },
      },
    }
    resolve(imported, { anyName: 'x' })
    resolve(compile(imported), { anyName: 'x' })
    const tool = defineTool(imported)
    resolve(tool, { anyName: 'x' })
  })

  it('what parseDefinition returned', () => {
    const result = parseDefinition({})
    if (result.ok) {
      resolve(result.value, { anyName: 'x' })
      resolve(compile(result.value), { anyName: 'x' })
    }
  })

  it('tokens that are known at run time only', () => {
    const tokens: Record<string, string> = {}
    resolve(compile({}), tokens)
    resolve(JSON.parse('{}'), tokens)
  })
})
