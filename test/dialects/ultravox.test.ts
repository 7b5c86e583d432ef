import { describe, expect, it } from 'vitest'
import { fromUltravox, type ToolWithTokens, toUltravox } from '../../src/dialects/index.ts'
import { parseDefinition, Secret } from '../../src/index.ts'
import { errorsOf, taken } from './results.ts'
import { applied } from './wire.ts'

const HTTP = { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' }
const KEY = { headerApiKey: { name: 'X-Key' } }

function toolWith(requirements: object, tokens: object = {}, rest: object = {}): ToolWithTokens {
  const options = [{ requirements }]
  return {
    definition: { http: HTTP, requirements: { httpSecurityOptions: { options } }, ...rest },
    tokens,
  } as ToolWithTokens
}

describe('toUltravox writes exactly what the API accepts', () => {
  it('camelCase, without prototypes, with the tokens as texts', () => {
    const snake = {
      model_tool_name: 'stock_price',
      http: { base_url_pattern: 'https://api.example.com/v1', http_method: 'GET' },
      requirements: {
        http_security_options: { options: [{ requirements: { k: { header_api_key: { name: 'X-Key' } } } }] },
      },
    }
    const written = taken(toUltravox({ definition: snake as never, tokens: { k: new Secret('value') } }))
    expect(written).toEqual({
      temporaryTool: {
        modelToolName: 'stock_price',
        http: HTTP,
        requirements: { httpSecurityOptions: { options: [{ requirements: { k: KEY } }] } },
      },
      authTokens: { k: 'value' },
    })
    expect(parseDefinition(written['temporaryTool'], { profile: 'ultravox' }).ok).toBe(true)
  })

  it('a tool that asks for nothing has no tokens', () => {
    expect(taken(toUltravox({ definition: { http: HTTP }, tokens: {} }))).toEqual({ temporaryTool: { http: HTTP } })
  })

  it('user and password become the text that Ultravox sends', () => {
    const tool = toolWith({ k: { httpAuth: { scheme: 'Basic' } } }, { k: { username: 'alice', password: 's3cret' } })
    const written = taken(toUltravox(tool))
    expect(written['authTokens']).toEqual({ k: 'YWxpY2U6czNjcmV0' })
    expect(applied(taken(fromUltravox(written)))).toEqual(applied(tool))
  })

  it('plain http that was allowed stays', () => {
    const http = { baseUrlPattern: 'http://10.0.0.5:8080/x', httpMethod: 'GET' }
    const definition = { ...toolWith({ k: KEY }).definition, http }
    const parsed = taken(parseDefinition(definition, { allowInsecureOrigins: ['http://10.0.0.5:8080'] }))
    expect(taken(toUltravox({ definition: parsed, tokens: { k: 'v' } }))).toMatchObject({ temporaryTool: { http } })
  })

  it.each<[string, ToolWithTokens, string]>([
    ['a prefix', toolWith({ k: { headerApiKey: { name: 'X', prefix: 'Key ' } } }, { k: 'v' }), 'ERR_EXTENSION'],
    ['a cookie', toolWith({ k: { cookieApiKey: { name: 'x' } } }, { k: 'v' }), 'ERR_EXTENSION'],
    [
      'an OAuth client',
      toolWith(
        { k: { oauth2ClientCredentials: { tokenUrl: 'https://a.example.com/t' } } },
        { k: { clientId: 'c', clientSecret: 's' } },
      ),
      'ERR_EXTENSION',
    ],
    ['a signature', toolWith({ k: { hmacSignature: { headers: { S: '{signature}' } } } }, { k: 's' }), 'ERR_EXTENSION'],
    ['a field of one’s own', toolWith({ k: KEY }, { k: 'v' }, { 'x-owner': 'a' }), 'ERR_EXTENSION'],
    ['the address of the schema', toolWith({ k: KEY }, { k: 'v' }, { $schema: './schema.json' }), 'ERR_EXTENSION'],
    ['an unknown field', toolWith({ k: KEY }, { k: 'v' }, { modelName: 'a' }), 'ERR_FIELD_UNKNOWN'],
    ['a stored credential', toolWith({ k: KEY }, { k: { credentialId: 'c' } }), 'ERR_DIALECT_INEXPRESSIBLE'],
    ['a token without use', toolWith({ k: KEY }, { k: 'v', other: 'w' }), 'ERR_TOKEN_UNUSED'],
    ['a missing token', toolWith({ k: KEY }), 'ERR_TOKEN_MISSING'],
    ['tokens that are a list', toolWith({ k: KEY }, []), 'ERR_TOKENS_TYPE'],
  ])('%s is an issue', (_, tool, code) => {
    expect(errorsOf(toUltravox(tool)).map(([one]) => one)).toEqual([code])
  })
})

describe('fromUltravox', () => {
  const definition = toolWith({ k: KEY }).definition

  it('reads a definition, and a selected tool in both spellings', () => {
    expect(taken(fromUltravox(definition))).toEqual({ definition, tokens: {} })
    for (const entry of [
      { temporaryTool: definition, authTokens: { k: 'v' } },
      { temporary_tool: definition, auth_tokens: { k: 'v' } },
    ]) {
      const { tokens } = taken(fromUltravox(entry))
      expect((tokens['k'] as Secret).reveal()).toBe('v')
    }
  })

  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['an unknown field', { ...definition, htp: {} }, [['ERR_FIELD_UNKNOWN', '/htp']]],
    ['an extension', { temporaryTool: { ...definition, 'x-a': 1 } }, [['ERR_EXTENSION', '/temporaryTool/x-a']]],
    [
      'a token that is no text',
      { temporaryTool: definition, authTokens: { k: 5 } },
      [['ERR_TOKEN_TYPE', '/authTokens/k']],
    ],
    [
      'a token that cannot be used',
      { temporaryTool: definition, authTokens: { k: '' } },
      [['ERR_TOKEN_EMPTY', '/authTokens/k']],
    ],
    ['tokens that are a list', { temporaryTool: definition, authTokens: [] }, [['ERR_FIELD_TYPE', '/authTokens']]],
    [
      'a misspelt field of the entry',
      { temporaryTool: definition, authToken: {} },
      [['ERR_FIELD_UNKNOWN', '/authToken']],
    ],
    ['a text', 'x', [['ERR_FIELD_TYPE', '']]],
  ])('%s is refused where it stands', (_, json, expected) => {
    expect(errorsOf(fromUltravox(json))).toEqual(expected)
  })
})
