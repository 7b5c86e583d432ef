import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromTavus, type ToolWithTokens, toTavus } from '../../src/dialects/index.ts'
import { Secret } from '../../src/index.ts'
import { errorsOf, taken } from './results.ts'
import { ACCESS_TOKEN, applied, sendingOf } from './wire.ts'

const URL_OF_TOOL = 'https://api.example.com/v1/orders'

function toolWith(auth: unknown, api: object = {}): object {
  return { name: 'orders', delivery: { api: { url: URL_OF_TOOL, method: 'GET', auth, ...api } } }
}

describe("each type of Tavus's documentation gives the request that the page promises", () => {
  it('none: "No auth header or query is added."', () => {
    const tool = taken(fromTavus(toolWith({ type: 'none' })))
    expect(Object.hasOwn(tool.definition, 'requirements')).toBe(false)
    expect(applied(tool)).toEqual({ method: 'GET', url: URL_OF_TOOL, headers: {}, body: '' })
  })

  it('bearer: "Adds Authorization: Bearer sk_live_abc123... to the request."', () => {
    const tool = taken(fromTavus(toolWith({ type: 'bearer', token: 'sk_live_abc123...' })))
    expect(applied(tool)).toMatchObject({ url: URL_OF_TOOL, headers: { Authorization: 'Bearer sk_live_abc123...' } })
  })

  it('api_key in a header, by its location and by default', () => {
    const auth = { type: 'api_key', name: 'X-API-Key', value: 'abc123...' }
    for (const given of [auth, { ...auth, location: 'header' }]) {
      const sent = applied(taken(fromTavus(toolWith(given))))
      expect(sent).toMatchObject({ url: URL_OF_TOOL, headers: { 'X-API-Key': 'abc123...' } })
    }
  })

  it('api_key in the query', () => {
    const auth = { type: 'api_key', location: 'query', name: 'api_key', value: 'abc123...' }
    const sent = applied(taken(fromTavus(toolWith(auth))))
    expect(sent).toMatchObject({ url: `${URL_OF_TOOL}?api_key=abc123...`, headers: {} })
  })

  it('basic: "Authorization: Basic <base64(username:password)>"', () => {
    const sent = applied(taken(fromTavus(toolWith({ type: 'basic', username: 'alice', password: 's3cret' }))))
    const expected = `Basic ${Buffer.from('alice:s3cret').toString('base64')}`
    expect(sent.headers).toEqual({ Authorization: expected })
  })

  it('oauth2_client_credentials: a token of its endpoint as bearer', async () => {
    const auth = {
      type: 'oauth2_client_credentials',
      token_url: 'https://accounts.example.com/oauth2/token',
      client_id: 'abc123',
      client_secret: 'shh',
      scope: 'read:orders',
    }
    const sent = await sendingOf(taken(fromTavus(toolWith(auth))))
    expect(sent.headers).toEqual({ Authorization: `Bearer ${ACCESS_TOKEN}` })
    const form = { grant_type: 'client_credentials', client_id: 'abc123', client_secret: 'shh', scope: 'read:orders' }
    expect(sent.tokenRequests).toEqual([{ url: auth.token_url, form }])
  })

  it('hmac: X-Tavus-Signature is the hex HMAC-SHA256 of the very body', async () => {
    const tool = taken(fromTavus(toolWith({ type: 'hmac', secret: 'whsec_0123456789abcdef' }, { method: 'POST' })))
    const body = '{"conversation_id":"c123456","tool_call_id":"t1","name":"orders","arguments":"{\\"id\\":7}"}'
    const sent = await sendingOf(tool, { body })
    const signature = createHmac('sha256', 'whsec_0123456789abcdef').update(body).digest('hex')
    expect(sent.headers).toEqual({ 'content-type': 'application/json', 'X-Tavus-Signature': signature })
    expect(sent.body).toBe(body)
  })
})

describe('what a Tavus tool says beside its authentication', () => {
  const parameters = {
    type: 'object',
    properties: { id: { type: 'string' }, lang: { type: 'string' }, amount: { type: 'number' } },
    required: ['id', 'amount'],
  }
  const api = { url: 'https://api.example.com/orders/{id}?lang={lang}', method: 'POST', timeout: 15 }

  it('the name, the description, the timeout and the parameters, each where Tavus writes it', () => {
    const tool = { ...toolWith({ type: 'none' }, api), description: 'Pays an order', parameters }
    const { definition } = taken(fromTavus(tool))
    expect(definition).toEqual({
      modelToolName: 'orders',
      description: 'Pays an order',
      dynamicParameters: [
        { name: 'id', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true },
        { name: 'lang', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' } },
        { name: 'amount', location: 'PARAMETER_LOCATION_BODY', schema: { type: 'number' }, required: true },
      ],
      timeout: '15s',
      http: { baseUrlPattern: api.url, httpMethod: 'POST' },
    })
    const sent = applied({ definition, tokens: {} }, { parameters: { id: '7', lang: 'de', amount: 5 } as never })
    expect(sent.url).toBe('https://api.example.com/orders/7?lang=de')
    expect(sent.body).toBe('{"amount":5}')
  })

  it('a body template: fields of a parameter of the same name, and fixed ones', () => {
    const body_template = { amount: '{amount}', source: 'voice', meta: { version: 2 } }
    const tool = { ...toolWith({ type: 'none' }, { ...api, body_template }), parameters }
    const { definition } = taken(fromTavus(tool))
    const sent = applied({ definition, tokens: {} }, { parameters: { id: '7', lang: 'de', amount: 5 } as never })
    expect(JSON.parse(sent.body)).toEqual({ amount: 5, source: 'voice', meta: { version: 2 } })
  })

  it('parameters of GET that nothing places are query parameters', () => {
    const tool = {
      ...toolWith({ type: 'none' }),
      parameters: { type: 'object', properties: { q: { type: 'string' } } },
    }
    const sent = applied(taken(fromTavus(tool)), { parameters: { q: 'a b' } as never })
    expect(sent.url).toBe(`${URL_OF_TOOL}?q=a%20b`)
  })

  it('an app message is a client tool', () => {
    const { definition, tokens } = taken(fromTavus({ name: 'show', delivery: { app_message: true } }))
    expect(definition).toEqual({ modelToolName: 'show', client: {} })
    expect(tokens).toEqual({})
  })

  it('what has no word is told, and ids are not', () => {
    const tool = { ...toolWith({ type: 'none' }), tool_id: 't1', on_call: 'generate_filler', trigger_type: 'in_call' }
    const read = fromTavus(tool)
    expect(read.ok).toBe(true)
    expect(read.issues.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['WARN_DIALECT_DROPPED', '/on_call'],
      ['WARN_DIALECT_DROPPED', '/trigger_type'],
    ])
  })
})

const AUTH = '/delivery/api/auth'

describe('T01: nothing of an authenticated tool is lost on the way to an anonymous one', () => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['no auth at all', undefined, [['ERR_FIELD_MISSING', '/delivery/api']]],
    ['auth that is null', null, [['ERR_FIELD_TYPE', AUTH]]],
    ['auth that is a text', 'bearer', [['ERR_FIELD_TYPE', AUTH]]],
    ['auth that is a list', [{ type: 'none' }], [['ERR_FIELD_TYPE', AUTH]]],
    ['auth without a type', {}, [['ERR_FIELD_MISSING', AUTH]]],
    ['a misspelt `type`', { typ: 'bearer', token: 't' }, [['ERR_FIELD_MISSING', AUTH]]],
    ['an unknown type', { type: 'oauth2', token: 't' }, [['ERR_FIELD_VALUE', `${AUTH}/type`]]],
    ['a type in another case', { type: 'Bearer', token: 't' }, [['ERR_FIELD_VALUE', `${AUTH}/type`]]],
    ['an inherited type', { type: 'toString' }, [['ERR_FIELD_VALUE', `${AUTH}/type`]]],
    ['none with a token', { type: 'none', token: 't' }, [['ERR_FIELD_UNKNOWN', `${AUTH}/token`]]],
    ['a missing token', { type: 'bearer' }, [['ERR_FIELD_MISSING', AUTH]]],
    ['a token that is null', { type: 'bearer', token: null }, [['ERR_FIELD_MISSING', AUTH]]],
    ['a misspelt token', { type: 'bearer', tokn: 't' }, [['ERR_FIELD_UNKNOWN', `${AUTH}/tokn`]]],
    ['a token that is a number', { type: 'bearer', token: 5 }, [['ERR_FIELD_TYPE', `${AUTH}/token`]]],
    ['an empty token', { type: 'bearer', token: '' }, [['ERR_TOKEN_EMPTY', AUTH]]],
    ['a token with a line break', { type: 'bearer', token: 'a\r\nX: y' }, [['ERR_TOKEN_CONTROL', AUTH]]],
    ['a token with its scheme', { type: 'bearer', token: 'Bearer x' }, [['ERR_TOKEN_SCHEME', AUTH]]],
    [
      'an unknown location',
      { type: 'api_key', location: 'cookie', name: 'k', value: 'v' },
      [['ERR_FIELD_VALUE', `${AUTH}/location`]],
    ],
    ['a key without a name', { type: 'api_key', value: 'v' }, [['ERR_FIELD_MISSING', AUTH]]],
    ['a header that is none', { type: 'api_key', name: 'bad: x', value: 'v' }, [['ERR_HEADER_NAME', `${AUTH}/name`]]],
    ['a header that steers', { type: 'api_key', name: 'Host', value: 'v' }, [['ERR_HEADER_FORBIDDEN', `${AUTH}/name`]]],
    ['a user with a colon', { type: 'basic', username: 'a:b', password: 'c' }, [['ERR_TOKEN_USERNAME', AUTH]]],
    ['an empty signing secret', { type: 'hmac', secret: '' }, [['ERR_TOKEN_EMPTY', AUTH]]],
    [
      'a field of another type',
      { type: 'hmac', secret: 's', algorithm: 'sha1' },
      [['ERR_FIELD_UNKNOWN', `${AUTH}/algorithm`]],
    ],
  ])('%s', (_, auth, expected) => {
    expect(errorsOf(fromTavus(toolWith(auth)))).toEqual(expected)
  })

  const oauth = {
    type: 'oauth2_client_credentials',
    token_url: 'https://accounts.example.com/token',
    client_id: 'a',
    client_secret: 'b',
  }
  it.each([
    ['plain http', 'http://accounts.example.com/token'],
    ['a placeholder for a host', 'https://{host}/token'],
    ['a placeholder in the path', 'https://accounts.example.com/{tenant}'],
    ['user info', 'https://a:b@accounts.example.com/token'],
    ['a fragment', 'https://accounts.example.com/token#x'],
    ['no URL', 'accounts.example.com'],
  ])('T59: token_url with %s is refused where it stands', (_, token_url) => {
    expect(errorsOf(fromTavus(toolWith({ ...oauth, token_url })))).toEqual([['ERR_TOKEN_URL', `${AUTH}/token_url`]])
  })

  it.each([
    ['plain http', 'http://api.example.com/x', 'ERR_BASE_URL_INSECURE'],
    ['a placeholder for a host', 'https://{host}/x', 'ERR_BASE_URL_PLACEHOLDER'],
    ['user info', 'https://u:p@api.example.com/x', 'ERR_BASE_URL'],
  ])('T19, T20: a URL with %s is refused', (_, url, code) => {
    expect(errorsOf(fromTavus(toolWith({ type: 'bearer', token: 't' }, { url })))).toEqual([
      [code, '/delivery/api/url'],
    ])
  })

  it('plain http is for origins that were allowed', () => {
    const tool = toolWith({ type: 'bearer', token: 't' }, { url: 'http://10.0.0.5:8080/x' })
    const read = taken(fromTavus(tool, { allowInsecureOrigins: ['http://10.0.0.5:8080'] }))
    expect(taken(toTavus(read))).toMatchObject({ delivery: { api: { url: 'http://10.0.0.5:8080/x' } } })
  })

  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['no delivery', { name: 'x' }, [['ERR_FIELD_MISSING', '']]],
    ['a bare api', { url: URL_OF_TOOL, auth: { type: 'none' } }, [['ERR_FIELD_MISSING', '']]],
    [
      'a misspelt delivery',
      { delivry: {} },
      [
        ['ERR_FIELD_MISSING', ''],
        ['ERR_FIELD_UNKNOWN', '/delivry'],
      ],
    ],
    [
      'both ways at once',
      { delivery: { app_message: true, api: { url: URL_OF_TOOL, auth: { type: 'none' } } } },
      [['ERR_FIELD_VALUE', '/delivery']],
    ],
    ['neither way', { delivery: { app_message: false } }, [['ERR_FIELD_VALUE', '/delivery']]],
    ['an unknown channel', { delivery: { webhook: {} } }, [['ERR_FIELD_UNKNOWN', '/delivery/webhook']]],
    [
      'an unknown field of api',
      toolWith({ type: 'none' }, { headers: { 'X-Key': 'k' } }),
      [['ERR_FIELD_UNKNOWN', '/delivery/api/headers']],
    ],
    [
      'a body put together from parameters',
      toolWith({ type: 'none' }, { body_template: { text: 'Hello {name}' } }),
      [['ERR_DIALECT_INEXPRESSIBLE', '/delivery/api/body_template/text']],
    ],
    [
      'parameters that are no schema',
      { ...toolWith({ type: 'none' }), parameters: [] },
      [['ERR_FIELD_TYPE', '/parameters']],
    ],
    ['no object', [], [['ERR_FIELD_TYPE', '']]],
  ])('%s', (_, tool, expected) => {
    expect(errorsOf(fromTavus(tool))).toEqual(expected)
  })
})

describe('toTavus says what Tavus has no word for, and never leaves it out', () => {
  const HTTP = { baseUrlPattern: URL_OF_TOOL, httpMethod: 'POST' }
  const OPTION = '/requirements/httpSecurityOptions/options'
  const withOptions = (...options: object[]): object => ({
    http: HTTP,
    requirements: { httpSecurityOptions: { options } },
  })
  const key = (name: string): object => ({ headerApiKey: { name } })
  const oauth = { tokenUrl: 'https://accounts.example.com/token' }

  it.each<[string, object, object, string]>([
    [
      'alternatives',
      withOptions({ requirements: { a: key('A') } }, { requirements: { b: key('B') } }),
      { a: 'x' },
      OPTION,
    ],
    ['an anonymous way out', withOptions({ requirements: { a: key('A') } }, {}), { a: 'x' }, OPTION],
    ['two at once', withOptions({ requirements: { a: key('A'), b: key('B') } }), { a: 'x', b: 'y' }, `${OPTION}/0`],
    [
      'a prefix',
      withOptions({ requirements: { a: { headerApiKey: { name: 'A', prefix: 'Key ' } } } }),
      { a: 'x' },
      `${OPTION}/0/requirements/a/headerApiKey`,
    ],
    [
      'a cookie',
      withOptions({ requirements: { a: { cookieApiKey: { name: 'A' } } } }),
      { a: 'x' },
      `${OPTION}/0/requirements/a/cookieApiKey`,
    ],
    [
      'another auth-scheme',
      withOptions({ requirements: { a: { httpAuth: { scheme: 'Token' } } } }),
      { a: 'x' },
      `${OPTION}/0/requirements/a/httpAuth`,
    ],
    [
      'an audience',
      withOptions({ requirements: { a: { oauth2ClientCredentials: { ...oauth, audience: 'api' } } } }),
      { a: { clientId: 'c', clientSecret: 's' } },
      `${OPTION}/0/requirements/a/oauth2ClientCredentials`,
    ],
    [
      'another signature',
      withOptions({ requirements: { a: { hmacSignature: { headers: { 'X-Own': '{signature}' } } } } }),
      { a: 'secret-of-many-bytes' },
      `${OPTION}/0/requirements/a/hmacSignature`,
    ],
    [
      'a stored credential',
      withOptions({ requirements: { a: key('A') } }),
      { a: { credentialId: 'c1' } },
      '/authTokens/a',
    ],
    [
      'a call token',
      withOptions({ requirements: { a: key('A') }, ultravoxCallTokenRequirement: { scopes: ['calls.end'] } }),
      { a: 'x' },
      `${OPTION}/0/ultravoxCallTokenRequirement`,
    ],
    ['a data connection', { modelToolName: 'x', dataConnection: {} }, {}, ''],
    ['a reaction', { http: HTTP, defaultReaction: 'AGENT_REACTION_LISTENS' }, {}, '/defaultReaction'],
    [
      'a required override',
      { http: HTTP, requirements: { requiredParameterOverrides: ['a'] } },
      {},
      '/requirements/requiredParameterOverrides',
    ],
    [
      'an automatic parameter',
      {
        http: HTTP,
        automaticParameters: [{ name: 'c', location: 'PARAMETER_LOCATION_BODY', knownValue: 'KNOWN_PARAM_CALL_ID' }],
      },
      {},
      '/automaticParameters',
    ],
    [
      'a header parameter',
      { http: HTTP, dynamicParameters: [{ name: 'X-A', location: 'PARAMETER_LOCATION_HEADER' }] },
      {},
      '',
    ],
    [
      'a fixed value with braces',
      { http: HTTP, staticParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY', value: '{a}' }] },
      {},
      '',
    ],
  ])('%s', (_, definition, tokens, pointer) => {
    const written = toTavus({ definition, tokens } as ToolWithTokens)
    const errors = errorsOf(written)
    expect(written.ok).toBe(false)
    expect(errors.map(([code]) => code)).toEqual(errors.map(() => 'ERR_DIALECT_INEXPRESSIBLE'))
    expect(errors.map(([, at]) => at)).toContain(pointer)
  })

  it.each<[string, object, object, string]>([
    ['a token that is missing', withOptions({ requirements: { a: key('A') } }), {}, 'ERR_TOKEN_MISSING'],
    ['a token without use', { http: HTTP }, { a: 'x' }, 'ERR_TOKEN_UNUSED'],
    ['a token that cannot be used', withOptions({ requirements: { a: key('A') } }), { a: 'x\n' }, 'ERR_TOKEN_CONTROL'],
    ['an invalid definition', { http: HTTP, htp: 1 }, {}, 'ERR_FIELD_UNKNOWN'],
  ])('%s is refused as anywhere', (_, definition, tokens, code) => {
    expect(errorsOf(toTavus({ definition, tokens } as ToolWithTokens)).map(([one]) => one)).toContain(code)
  })

  it('Basic credentials as a text become user and password, and only those that are', () => {
    const definition = withOptions({ requirements: { a: { httpAuth: { scheme: 'Basic' } } } })
    const text = Buffer.from('alice:s3:cret').toString('base64')
    const written = taken(toTavus({ definition, tokens: { a: new Secret(text) } } as ToolWithTokens))
    expect(written).toMatchObject({ delivery: { api: { auth: { username: 'alice', password: 's3:cret' } } } })
    for (const other of ['AAAA', '/w==', Buffer.from('no colon').toString('base64')]) {
      expect(toTavus({ definition, tokens: { a: other } } as ToolWithTokens).ok).toBe(false)
    }
  })
})
