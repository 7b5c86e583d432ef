import { describe, expect, it } from 'vitest'
import { type ResolveCallOptions, resolveCall, toProblemDetails } from '../../src/call/index.ts'
import type { CredentialStore } from '../../src/credentials/index.ts'
import { createMemoryStore } from '../../src/credentials/index.ts'
import { fulfil, SecurityError } from '../../src/index.ts'
import { definitionOf, judged, plainTool, problemsOf, requirementsOf, selectedTool, toolOf } from '../call/samples.ts'
import { leaksOf } from '../properties/leaks.ts'
import { createClock, credentialsOver, given, START_MS, successOf, TENANT, VALUES } from './samples.ts'

const KEY_PLACE = '/selectedTools/0/authTokens/myServiceApiKey/credentialId'
const refer = (credentialId: string) => ({ authTokens: { myServiceApiKey: { credentialId } } })
const callWith = (...tools: object[]) => ({ selectedTools: tools })
const stored = { toolName: 'stored:a', ...refer('key') }
const findTool = () => ({ toolId: 'tool-1', name: 'a', definition: definitionOf('a') })

function optionsOf(credentialStore: ResolveCallOptions['credentialStore'], more: object = {}): ResolveCallOptions {
  return { tenant: TENANT, callId: 'call-1', findTool, ...(credentialStore && { credentialStore }), ...more }
}

describe('resolveCall with a store of credentials', () => {
  it('checks the reference, records the uses, and leaves the value to the sender', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key', hosts: ['api.example.com'] })
    const result = await resolveCall(callWith(stored), optionsOf(credentials))
    const { resolution } = toolOf(result, 'a')
    expect(resolution.needs).toMatchObject([{ kind: 'credential', credentialId: 'key' }])
    expect(resolution.mutations).toEqual([])
    const address = { tenant: TENANT, credentialId: 'key' }
    const resources = [
      { type: 'call', id: 'call-1' },
      { type: 'tool', id: 'tool-1' },
    ]
    expect(await credentials.usedBy(address)).toMatchObject(resources)
    expect(successOf(await credentials.delete({ ...address, force: true }))).toMatchObject({ credentialId: 'key' })
    // Without the option, and with it, the same tool comes of it.
    const without = await resolveCall(callWith(stored), optionsOf(undefined))
    expect(plainTool(toolOf(without, 'a'))).toEqual(plainTool(toolOf(result, 'a')))
  })

  it('a rotated value takes effect at the next use, in a call that runs', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    const { resolution } = toolOf(await resolveCall(callWith(stored), optionsOf(credentials)), 'a')
    const sent = async () => {
      const [need] = resolution.needs
      if (need?.kind !== 'credential') throw new Error('expected a need')
      const { credentialId, as } = need
      const token = await credentials.use({ tenant: TENANT, credentialId, requirement: as, origin: null })
      return fulfil(resolution, need, token).mutations[0]?.value.reveal()
    }
    expect(await sent()).toBe(VALUES.secretText)
    successOf(await credentials.rotate({ tenant: TENANT, credentialId: 'key', value: 'rotated-1234567' }))
    expect(await sent()).toBe('rotated-1234567')
  })

  it.each<[string, (credentials: CredentialStore) => Promise<unknown>, string, number]>([
    ['not found', async () => {}, 'ERR_CREDENTIAL_NOT_FOUND', 400],
    ['of another tenant', (c) => given(c, { credentialId: 'key', tenant: 'other' }), 'ERR_CREDENTIAL_NOT_FOUND', 400],
    ['wrong type', (c) => given(c, { credentialId: 'key', type: 'oauthClient' }), 'ERR_CREDENTIAL_TYPE', 400],
    [
      'not for this host',
      (c) => given(c, { credentialId: 'key', hosts: ['x.example'] }),
      'ERR_CREDENTIAL_REFUSED',
      400,
    ],
    ['of another value', (c) => given(c, { credentialId: 'key', value: 'caf\u00e9' }), 'ERR_CREDENTIAL_VALUE', 400],
  ])('tells at set-up: %s', async (_, prepare, code, status) => {
    const credentials = credentialsOver()
    await prepare(credentials)
    const result = await resolveCall(callWith(selectedTool('a', refer('key'))), optionsOf(credentials))
    expect(judged(problemsOf(result))).toEqual([`${code} ${KEY_PLACE}`])
    expect(problemsOf(result)[0]?.tool).toBe('a')
    expect(result.ok ? null : toProblemDetails(result).status).toBe(status)
  })

  it('tells that the store failed: 503, and nothing of what it said', async () => {
    const SECRET = 'redis://user:store-password@db.internal'
    const away = credentialsOver({ ...createMemoryStore(), get: () => Promise.reject(new Error(SECRET)) })
    const fail = (): never => {
      throw new Error(SECRET)
    }
    for (const store of [away, { check: fail, recordUse: fail }]) {
      const result = await resolveCall(callWith(stored), optionsOf(store))
      expect(judged(problemsOf(result))).toEqual([`ERR_CREDENTIAL_LOOKUP ${KEY_PLACE}`])
      expect(result.ok ? null : toProblemDetails(result).status).toBe(503)
      expect(leaksOf(result, 'store-password')).toEqual([])
    }
  })

  it('reports every reference of every tool, beside all other problems, in the spelling of the payload', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'client', type: 'oauthClient' })
    const both = { user_id: { credentialId: 'client' }, auth_token: { credentialId: 'nothing' } }
    const call = {
      selected_tools: [
        { temporary_tool: definitionOf('a'), auth_tokens: both },
        selectedTool('b', { authTokens: {} }),
        selectedTool('c', refer('nothing')),
      ],
    }
    expect(judged(problemsOf(await resolveCall(call, optionsOf(credentials))))).toEqual([
      'ERR_CREDENTIAL_NOT_FOUND /selected_tools/0/auth_tokens/auth_token/credentialId',
      'ERR_CREDENTIAL_TYPE /selected_tools/0/auth_tokens/user_id/credentialId',
      'ERR_TOKEN_MISSING /selected_tools/1/authTokens',
      'ERR_CREDENTIAL_NOT_FOUND /selected_tools/2/authTokens/myServiceApiKey/credentialId',
    ])
  })

  it('records nothing of a call that is refused', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    const call = callWith(stored, selectedTool('b', { authTokens: {} }))
    expect((await resolveCall(call, optionsOf(credentials))).ok).toBe(false)
    expect(await credentials.usedBy({ tenant: TENANT, credentialId: 'key' })).toEqual([])
  })

  it('a credential that is not there never becomes an anonymous call (TOK-1)', async () => {
    const anonymous = definitionOf('a', {
      requirements: requirementsOf(
        { requirements: { user: { queryApiKey: { name: 'u' } }, key: { headerApiKey: { name: 'X-Key' } } } },
        {},
      ),
    })
    const tool = { temporaryTool: anonymous, authTokens: { key: { credentialId: 'key' } } }
    const credentials = credentialsOver()
    const options = optionsOf(credentials)
    const place = '/selectedTools/0/authTokens/key/credentialId'
    expect(judged(problemsOf(await resolveCall(callWith(tool), options)))).toEqual([
      `ERR_CREDENTIAL_NOT_FOUND ${place}`,
    ])
    const { tenant: _, ...withoutTenant } = options
    expect(judged(problemsOf(await resolveCall(callWith(tool), withoutTenant)))).toEqual([
      `ERR_TENANT_REQUIRED ${place}`,
    ])
    const withoutTokens = callWith({ temporaryTool: anonymous })
    expect(toolOf(await resolveCall(withoutTokens, options), 'a').resolution.outcome).toBe('unauthenticated')
    await given(credentials, { credentialId: 'key' })
    expect(toolOf(await resolveCall(callWith(tool), options), 'a').resolution.outcome).toBe('unauthenticated')
    expect(await credentials.usedBy({ tenant: TENANT, credentialId: 'key' })).toEqual([])
  })

  it('reads the environment of the call, and falls back only where the store does', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store), { credentialId: 'key' })
    const inStaging = (credentials: CredentialStore) =>
      resolveCall(callWith(stored), optionsOf(credentials, { environment: 'staging' }))
    expect(judged(problemsOf(await inStaging(credentialsOver(store))))).toEqual([`ERR_CREDENTIAL_REFUSED ${KEY_PLACE}`])
    const falling = credentialsOver(store, { fallbackToDefault: true })
    expect((await inStaging(falling)).ok).toBe(true)
    expect(await falling.usedBy({ tenant: TENANT, credentialId: 'key' })).toHaveLength(2)
  })

  it('the use of a call ends with the call; a stored tool without an id is known by its name', async () => {
    const clock = createClock()
    const credentials = credentialsOver(createMemoryStore({ now: clock.now }), { now: clock.now })
    await given(credentials, { credentialId: 'key' })
    const options = optionsOf(credentials, {
      expiresAt: START_MS + 60_000,
      findTool: () => ({ name: 'a', definition: definitionOf('a') }),
    })
    expect((await resolveCall(callWith(stored), options)).ok).toBe(true)
    clock.move(60_000)
    const uses = await credentials.usedBy({ tenant: TENANT, credentialId: 'key' })
    expect(uses).toEqual([{ type: 'tool', id: 'a', recordedAtMs: START_MS }])
  })

  it('a temporary tool in a call without an id leaves no use', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    const { callId: _, ...options } = optionsOf(credentials)
    expect((await resolveCall(callWith(selectedTool('a', refer('key'))), options)).ok).toBe(true)
    expect(await credentials.usedBy({ tenant: TENANT, credentialId: 'key' })).toEqual([])
  })

  it('asks once for what many tools need in the same way', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    const asked: string[] = []
    const counting = {
      check: (request: Parameters<CredentialStore['check']>[0]) => {
        asked.push('check')
        return credentials.check(request)
      },
      recordUse: (request: Parameters<CredentialStore['recordUse']>[0]) => {
        asked.push(`record ${request.resource.type}`)
        return credentials.recordUse(request)
      },
    }
    const tools = Array.from({ length: 20 }, (_, index) => selectedTool(`t${index}`, refer('key')))
    expect((await resolveCall(callWith(...tools), optionsOf(counting))).ok).toBe(true)
    expect(asked).toEqual(['check', 'record call'])
  })

  it.each([[['a', 'b']], [['b', 'a']]])('one host that is allowed lets no other one pass: %j (T47)', async (names) => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key', hosts: ['api.example.com'] })
    const elsewhere = { http: { baseUrlPattern: 'https://other.example/{symbol}', httpMethod: 'GET' } }
    const tools = names.map((name) => ({
      temporaryTool: definitionOf(name, name === 'b' ? elsewhere : {}),
      ...refer('key'),
    }))
    const place = `/selectedTools/${names.indexOf('b')}/authTokens/myServiceApiKey/credentialId`
    const result = await resolveCall(callWith(...tools), optionsOf(credentials))
    expect(judged(problemsOf(result))).toEqual([`ERR_CREDENTIAL_REFUSED ${place}`])
    expect(await credentials.usedBy({ tenant: TENANT, credentialId: 'key' })).toEqual([])
  })

  it('a credential that is deleted between check and record refuses the call', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    await given(credentials, { credentialId: 'other', name: 'other' })
    const deleting = {
      check: credentials.check,
      recordUse: async (request: Parameters<CredentialStore['recordUse']>[0]) => {
        await credentials.delete({ tenant: TENANT, credentialId: 'other' })
        await credentials.recordUse(request)
      },
    }
    const call = callWith(selectedTool('a', refer('key')), selectedTool('b', refer('other')))
    const result = await resolveCall(call, optionsOf(deleting))
    expect(judged(problemsOf(result))).toEqual([
      'ERR_CREDENTIAL_NOT_FOUND /selectedTools/1/authTokens/myServiceApiKey/credentialId',
    ])
  })

  it('a resolution that fails takes no use from a call that runs (CRD-6)', async () => {
    const credentials = credentialsOver()
    const key = { tenant: TENANT, credentialId: 'key' }
    await given(credentials, { credentialId: 'key' })
    await given(credentials, { credentialId: 'other', name: 'other' })
    const tool = selectedTool('a', refer('key'))
    expect((await resolveCall(callWith(tool), optionsOf(credentials))).ok).toBe(true)
    const failing: CredentialStore = {
      ...credentials,
      recordUse: async (request) => {
        if (request.credentialId === 'other') throw new SecurityError('ERR_STORE_UNAVAILABLE')
        await credentials.recordUse(request)
      },
    }
    const again = await resolveCall(callWith(tool, selectedTool('b', refer('other'))), optionsOf(failing))
    expect(judged(problemsOf(again))).toEqual([
      'ERR_CREDENTIAL_LOOKUP /selectedTools/1/authTokens/myServiceApiKey/credentialId',
    ])
    expect(await credentials.usedBy(key)).toMatchObject([{ type: 'call', id: 'call-1' }])
    expect((await credentials.delete(key)).issues).toMatchObject([{ code: 'ERR_CREDENTIAL_IN_USE' }])
  })

  it('a use that cannot be recorded refuses the call (503)', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key' })
    const fail = () => Promise.reject(new SecurityError('ERR_STORE_UNAVAILABLE'))
    const result = await resolveCall(callWith(stored), optionsOf({ check: credentials.check, recordUse: fail }))
    expect(judged(problemsOf(result))).toEqual([`ERR_CREDENTIAL_LOOKUP ${KEY_PLACE}`])
    expect(result.ok ? null : toProblemDetails(result).status).toBe(503)
  })

  it('no value, and no secret of the store, shows in the result (P21)', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key', value: 'canary-0123456789' })
    const result = await resolveCall(callWith(stored), optionsOf(credentials, { patches: true }))
    expect(result.ok).toBe(true)
    expect(leaksOf([result, ...(result.ok ? result.tools : [])], 'canary-0123456789')).toEqual([])
  })
})
