import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../../src/index.ts'
import { places, tool } from '../../threats/tools.ts'

const read = (definition: unknown): unknown => {
  const result = parseDefinition(definition)
  return result.ok ? result.value : places(result.issues)
}

describe('snake_case', () => {
  it('means the same, at every depth of the known fields', () => {
    const snake = {
      model_tool_name: 'a',
      dynamic_parameters: [{ name: 'p', location: 'PARAMETER_LOCATION_BODY' }],
      automatic_parameters: [{ name: 'c', location: 'PARAMETER_LOCATION_BODY', known_value: 'KNOWN_PARAM_CALL_ID' }],
      requirements: {
        http_security_options: {
          options: [
            { requirements: { my_key: { header_api_key: { name: 'X-Key' } } } },
            { ultravox_call_token_requirement: { scopes: ['a_b'] } },
          ],
        },
        required_parameter_overrides: ['p_q'],
      },
      http: { base_url_pattern: 'https://a.example', http_method: 'GET' },
      static_response: { response_text: 't' },
      default_reaction: 'AGENT_REACTION_SPEAKS',
    }
    expect(read(snake)).toEqual({
      modelToolName: 'a',
      dynamicParameters: [{ name: 'p', location: 'PARAMETER_LOCATION_BODY' }],
      automaticParameters: [{ name: 'c', location: 'PARAMETER_LOCATION_BODY', knownValue: 'KNOWN_PARAM_CALL_ID' }],
      requirements: {
        httpSecurityOptions: {
          options: [
            { requirements: { my_key: { headerApiKey: { name: 'X-Key' } } } },
            { ultravoxCallTokenRequirement: { scopes: ['a_b'] } },
          ],
        },
        requiredParameterOverrides: ['p_q'],
      },
      http: { baseUrlPattern: 'https://a.example', httpMethod: 'GET' },
      staticResponse: { responseText: 't' },
      defaultReaction: 'AGENT_REACTION_SPEAKS',
    })
  })

  it('is never read into names and values that users choose', () => {
    const definition = {
      'x-own_field': { header_api_key: 1 },
      dynamicParameters: [
        { name: 'a_b', location: 'PARAMETER_LOCATION_BODY', schema: { max_length: 5, base_url_pattern: null } },
      ],
      staticParameters: [{ name: 'c_d', location: 'PARAMETER_LOCATION_BODY', value: { model_tool_name: null } }],
      requirements: {
        httpSecurityOptions: { options: [{ requirements: { query_api_key: { queryApiKey: { name: 'a_b' } } } }] },
      },
    }
    expect(read(definition)).toEqual(definition)
  })

  it('is never read into the headers, query and parameters of a kind', () => {
    const requirements = {
      s: { hmac_signature: { headers: { key_prefix: '{signature}' }, query: { key_prefix: 'a', keyPrefix: 'b' } } },
      t: {
        oauth2_client_credentials: { token_url: 'https://a.example/t', parameters: { token_url: 'a', tokenUrl: 'b' } },
      },
    }
    expect(read(tool([{ requirements }]))).toMatchObject({
      requirements: {
        httpSecurityOptions: {
          options: [
            {
              requirements: {
                s: { hmacSignature: requirements.s.hmac_signature },
                t: {
                  oauth2ClientCredentials: {
                    tokenUrl: 'https://a.example/t',
                    parameters: requirements.t.oauth2_client_credentials.parameters,
                  },
                },
              },
            },
          ],
        },
      },
    })
  })

  it('beside camelCase is refused, whichever comes first', () => {
    expect(read({ model_tool_name: 'a', modelToolName: 'a' })).toEqual(['ERR_FIELD_SPELLED_TWICE /model_tool_name'])
    expect(read({ modelToolName: 'a', model_tool_name: 'b' })).toEqual(['ERR_FIELD_SPELLED_TWICE /model_tool_name'])
    const twice = { requirements: { httpSecurityOptions: {}, http_security_options: { options: [] } } }
    expect(read(twice)).toEqual(['ERR_FIELD_SPELLED_TWICE /requirements/http_security_options'])
    expect(read({ model_toolName: 'a', modelTool_name: 'b' })).toEqual(['ERR_FIELD_SPELLED_TWICE /modelTool_name'])
  })

  it('keeps the pointers of issues in the spelling of the input', () => {
    const definition = {
      http: { base_url_pattern: 'https://{host}', http_method: 5 },
      requirements: {
        http_security_options: { options: [{ requirements: { 'a/b': { header_api_key: { nam: 1 } } } }] },
      },
    }
    expect(read(definition)).toEqual([
      'ERR_FIELD_TYPE /http/http_method',
      'ERR_FIELD_UNKNOWN /requirements/http_security_options/options/0/requirements/a~1b/header_api_key/nam',
    ])
  })

  it('leaves what is no spelling of a field unknown', () => {
    expect(read({ Model_tool_name: 'a' })).toEqual(['ERR_FIELD_UNKNOWN /Model_tool_name'])
    expect(read({ model__tool_name: 'a' })).toEqual(['ERR_FIELD_UNKNOWN /model__tool_name'])
    expect(read({ model_Tool_Name: 'a' })).toEqual(['ERR_FIELD_UNKNOWN /model_Tool_Name'])
  })
})

describe('null', () => {
  it('means absent, outside requirements', () => {
    const definition = {
      description: null,
      timeout: null,
      client: {},
      http: null,
      dynamicParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY', schema: null, required: null }],
      staticParameters: null,
      static_response: null,
    }
    expect(read(definition)).toEqual({
      client: {},
      dynamicParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY' }],
    })
  })

  it('is a value where any value may stand', () => {
    const staticParameters = [{ name: 'a', location: 'PARAMETER_LOCATION_BODY', value: null }]
    expect(read({ staticParameters, 'x-a': null })).toEqual({ staticParameters, 'x-a': null })
  })

  it('is missing where a field must be', () => {
    expect(read({ http: { baseUrlPattern: null, httpMethod: 'GET' } })).toEqual(['ERR_FIELD_MISSING /http'])
    expect(read({ dynamicParameters: [null] })).toEqual(['ERR_FIELD_TYPE /dynamicParameters/0'])
  })

  it.each<[string, unknown, string]>([
    ['requirements', { requirements: null }, '/requirements'],
    ['httpSecurityOptions', { requirements: { httpSecurityOptions: null } }, '/requirements/httpSecurityOptions'],
    ['options', tool(null), '/requirements/httpSecurityOptions/options'],
    ['an option', tool([null]), '/requirements/httpSecurityOptions/options/0'],
    ['its requirements', tool([{ requirements: null }]), '/requirements/httpSecurityOptions/options/0/requirements'],
    [
      'a requirement',
      tool([{ requirements: { k: null } }]),
      '/requirements/httpSecurityOptions/options/0/requirements/k',
    ],
    [
      'the overrides',
      { requirements: { requiredParameterOverrides: null } },
      '/requirements/requiredParameterOverrides',
    ],
    [
      'scopes',
      tool([{ ultravoxCallTokenRequirement: { scopes: null } }]),
      '/requirements/httpSecurityOptions/options/0/ultravoxCallTokenRequirement/scopes',
    ],
  ])('is refused for %s', (_, definition, pointer) => {
    expect(read(definition)).toEqual([`ERR_FIELD_TYPE ${pointer}`])
  })
})
