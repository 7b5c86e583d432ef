import { describe, expect, it } from 'vitest'
import { compile, defineTool, parseDefinition, resolve } from '../../../src/index.ts'
import { type Plan, workOf } from '../../../src/plan/compile.ts'
import { auth, header, option, query, tool, toolAt } from '../../threats/tools.ts'

describe('compile', () => {
  it('keeps a plan for what parseDefinition or defineTool returned, and for nothing else', () => {
    const parsed = parseDefinition(tool([]))
    if (!parsed.ok) throw new Error('expected a definition')
    expect(compile(parsed.value)).toBe(compile(parsed.value))
    const defined = defineTool({ modelToolName: 'a' })
    expect(compile(defined)).toBe(compile(defined))
    const plain = tool([])
    expect(compile(plain)).not.toBe(compile(plain))
  })

  it('reads a definition that is not compiled anew each time', () => {
    const definition = tool([option({ k: header('X-Old') })])
    expect(resolve(definition, { k: 'token' })).toMatchObject({ mutations: [{ name: 'X-Old' }] })
    definition['requirements'] = { httpSecurityOptions: { options: [option({ k: header('X-New') })] } }
    expect(resolve(definition, { k: 'token' })).toMatchObject({ mutations: [{ name: 'X-New' }] })
  })

  it('gives its definition', () => {
    expect(compile(tool([option({ k: query('k') })])).definition).toEqual(tool([option({ k: query('k') })]))
  })

  it('is the only maker of plans', () => {
    const plan = compile(tool([option({ k: query('k') })]))
    for (const forged of [{ ...plan }, Object.create(plan) as Plan]) {
      expect(() => workOf(forged)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
      expect(() => resolve(forged, {})).toThrow(expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }))
    }
  })

  it('takes the options of parsing', () => {
    expect(() => compile(toolAt('http://10.0.0.5/'))).toThrow(
      expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }),
    )
    expect(compile(toolAt('http://10.0.0.5/'), { allowInsecureOrigins: ['http://10.0.0.5'] })).toBeDefined()
  })

  it.each([
    ['https://api.example.com', 'https://api.example.com', '', false],
    ['https://API.example.com:443/', 'https://api.example.com', '/', false],
    ['https://api.example.com/v1/a', 'https://api.example.com', '/v1/a', false],
    ['https://api.example.com/v1/{id}/x', 'https://api.example.com', '/v1/', true],
    ['https://api.example.com/v1/a-{id}', 'https://api.example.com', '/v1/a-', true],
    ['https://api.example.com/{id}', 'https://api.example.com', '/', true],
    ['https://api.example.com/v1?a={b}', 'https://api.example.com', '/v1', false],
    ['https://api.example.com/v1#{b}', 'https://api.example.com', '/v1', false],
    ['http://localhost:3000/x', 'http://localhost:3000', '/x', false],
  ])('binds %s', (pattern, origin, pathPrefix, pathOpen) => {
    expect(resolve(toolAt(pattern), { k: 'token' })).toMatchObject({
      binding: { origin, pathPrefix, pathOpen, tenant: null, environment: null },
    })
  })

  it('binds nothing where there is no http, or no plain URL that a credential goes to', () => {
    const nowhere = { origin: null, pathPrefix: null, pathOpen: false, tenant: null, environment: null }
    expect(resolve({ client: {} }, {})).toMatchObject({ binding: nowhere })
    expect(resolve(toolAt('https://{host}/v1', []), {})).toMatchObject({ binding: nowhere })
  })
})

describe('defineTool', () => {
  it('is parsed at once', () => {
    const defined = defineTool({
      requirements: { httpSecurityOptions: { options: [{ requirements: { k: auth('Bearer') } }] } },
    })
    expect(Object.isFrozen(defined)).toBe(true)
    expect(resolve(defined, { k: 'token' }).outcome).toBe('authenticated')
  })

  it('throws for what is not valid', () => {
    expect(() => defineTool({ modelToolName: 'a b' })).toThrow(
      expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }),
    )
  })
})
