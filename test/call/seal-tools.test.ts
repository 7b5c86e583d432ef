import fc from 'fast-check'
import { assert, describe, expect, it } from 'vitest'
import { openTools, type ResolvedTool, resolveCall, type SealingKey, sealTools } from '../../src/call/index.ts'
import { apply, buildRequest, fulfil, SecurityError } from '../../src/index.ts'
import { encodingsOf, printedForms } from '../properties/leaks.ts'
import { unfrozen } from '../properties/shown.ts'
import { checkAsync } from './check-async.ts'
import { definitionOf, plainTool, requirementsOf, selectedTool, toolsOf } from './samples.ts'

const KEY: SealingKey = { keyId: '2026-11', key: new Uint8Array(32).fill(7) }
const OTHER: SealingKey = { keyId: '2026-12', key: new Uint8Array(32).fill(8) }
const CALL = { callId: 'call-1', keys: [KEY] }
const SECRET = 'Zq-0123456789-key'
const SIGNER = {
  hmacSignature: { headers: { 'X-Signature': '[v1={signature}]', 'X-Key-Id': '{keyId}' }, separator: ',' },
}

const OPTIONS = {
  tenant: 'acme',
  environment: 'staging',
  callId: 'call-1',
  mintCallToken: () => 'minted-0123456789',
  allowInsecureOrigins: ['http://10.0.0.5:8080'],
  unknownFields: 'allow',
} as const

/** A call with every kind of resolution. */
async function someTools(): Promise<ReadonlyMap<string, ResolvedTool>> {
  const http = { baseUrlPattern: 'http://10.0.0.5:8080/{symbol}', httpMethod: 'POST' }
  const call = {
    selectedTools: [
      selectedTool('key', {
        authTokens: { myServiceApiKey: SECRET, unused: 'x' },
        parameterOverrides: { limit: 5, currency: null },
      }),
      selectedTool('two', { authTokens: { user_id: 'ü%+/é', auth_token: 't-1234567' } }),
      selectedTool('reference', { authTokens: { myServiceApiKey: { credentialId: 'stock-key' } } }),
      {
        temporaryTool: definitionOf('minted', {
          requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['s'] } }),
        }),
      },
      {
        temporaryTool: definitionOf('anonymous', { requirements: requirementsOf({}) }),
        authTokens: { nobody: 'asks' },
      },
      { temporaryTool: { modelToolName: 'client', client: {} } },
      {
        temporaryTool: {
          modelToolName: 'no_http',
          requirements: requirementsOf({ requirements: { k: { httpAuth: { scheme: 'Bearer' } } } }),
        },
        authTokens: { k: 'k-1' },
      },
      selectedTool('insecure', { temporaryTool: definitionOf('insecure', { http, unheardOf: [{}] }) }),
      {
        temporaryTool: { modelToolName: 'open_host', http: { baseUrlPattern: 'https://{host}/x', httpMethod: 'GET' } },
      },
      selectedTool('__proto__', { nameOverride: '__proto__' }),
      {
        temporaryTool: definitionOf('signed', { requirements: requirementsOf({ requirements: { signer: SIGNER } }) }),
        authTokens: { signer: { secrets: [SECRET, 'Zq-9876543210-key'], keyId: 'k1' } },
      },
      {
        temporaryTool: definitionOf('structured', {
          requirements: requirementsOf({
            requirements: {
              basic: { httpAuth: { scheme: 'Basic' } },
              cookie: { cookieApiKey: { name: 'session' } },
              prefixed: { headerApiKey: { name: 'X-Key', prefix: 'Key ' } },
            },
          }),
        }),
        authTokens: { basic: { username: 'ü', password: SECRET }, cookie: 'c-1234567', prefixed: 'p-1234567' },
      },
    ],
  }
  return toolsOf(await resolveCall(call, OPTIONS))
}

/** What a rejected promise was rejected with. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a rejection')
    },
    (error: unknown) => error,
  )
}

describe('sealTools and openTools', () => {
  it('are a round trip: name, definition, overrides, resolution with binding, needs and notices', async () => {
    const tools = await someTools()
    const opened = await openTools(await sealTools(tools, { callId: 'call-1', key: KEY }), CALL)
    expect([...opened.keys()]).toEqual([...tools.keys()])
    expect(tools.size).toBe(12)
    for (const [name, tool] of tools) expect(plainTool(opened.get(name) as ResolvedTool), name).toEqual(plainTool(tool))
  })

  it('any tokens and overrides survive (property)', async () => {
    // JSON has no minus zero.
    const jsonValue = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
    const token = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\p{Cc}]|\{\{/u.test(text))
    await checkAsync(
      fc.asyncProperty(token, jsonValue, async (user_id, value) => {
        const temporaryTool = definitionOf('a', {
          staticParameters: [{ name: 's', location: 'PARAMETER_LOCATION_BODY' }],
          requirements: requirementsOf({ requirements: { user_id: { queryApiKey: { name: 'uid' } } } }),
        })
        const call = { selectedTools: [{ temporaryTool, authTokens: { user_id }, parameterOverrides: { s: value } }] }
        const tools = toolsOf(await resolveCall(call))
        const opened = await openTools(await sealTools(tools, { callId: 'call-1', key: KEY }), CALL)
        expect(plainTool(opened.get('a') as ResolvedTool)).toEqual(plainTool(tools.get('a') as ResolvedTool))
      }),
      0.1,
    )
  })

  it('give tools that build and authenticate requests as before', async () => {
    const tools = await someTools()
    const opened = await openTools(await sealTools(tools, { callId: 'call-1', key: KEY }), CALL)
    for (const name of ['key', 'two', 'minted', 'anonymous', 'insecure', '__proto__', 'structured']) {
      const [before, after] = [tools.get(name) as ResolvedTool, opened.get(name) as ResolvedTool]
      const send = (tool: ResolvedTool) =>
        apply(buildRequest(tool, { parameters: { symbol: 'NVDA' } }), tool.resolution)
      expect(send(after)).toEqual(send(before))
    }
    const { resolution } = opened.get('reference') as ResolvedTool
    const request = { method: 'GET', url: 'https://api.example.com/reference/x', headers: {} }
    expect(() => apply(request, resolution)).toThrow(expect.objectContaining({ code: 'ERR_NEED_UNMET' }))
    const [need] = resolution.needs
    if (need === undefined) throw new Error('no need')
    expect(apply(request, fulfil(resolution, need, SECRET)).headers).toEqual({ 'X-My-Key': SECRET })
  })

  it('keep the binding: a request to another origin or path is refused', async () => {
    const opened = await openTools(await sealTools(await someTools(), { callId: 'call-1', key: KEY }), CALL)
    const { resolution } = opened.get('key') as ResolvedTool
    const to = (url: string) => () => apply({ method: 'GET', url, headers: {} }, resolution)
    expect(to('https://evil.example/key/x')).toThrow(expect.objectContaining({ code: 'ERR_ORIGIN_MISMATCH' }))
    expect(to('https://api.example.com/other')).toThrow(expect.objectContaining({ code: 'ERR_PATH_MISMATCH' }))
  })

  it('give frozen tools that print no secret', async () => {
    const opened = await openTools(await sealTools(await someTools(), { callId: 'call-1', key: KEY }), CALL)
    expect([...opened.values()].flatMap(unfrozen)).toEqual([])
    const printed = printedForms([...opened])
    expect(encodingsOf(SECRET).filter((form) => printed.includes(form))).toEqual([])
  })

  it('take a call without tools', async () => {
    expect(await openTools(await sealTools(new Map(), { callId: 'call-1', key: KEY }), CALL)).toEqual(new Map())
  })

  it('never seal the same text twice alike', async () => {
    const tools = await someTools()
    const seals = await Promise.all([1, 2, 3].map(() => sealTools(tools, { callId: 'call-1', key: KEY })))
    expect(new Set(seals.map((sealed) => sealed.split('.')[2])).size).toBe(3)
    for (const sealed of seals) expect(sealed).toMatch(/^lk1\.2026-11\.[\w-]{16}\.[\w-]+$/)
  })

  it('are AES-256-GCM with the call id as associated data: another implementation opens them', async () => {
    const tools = await someTools()
    const [version, keyId, iv = '', body = ''] = (await sealTools(tools, { callId: 'call-1', key: KEY })).split('.')
    const { createDecipheriv } = await import('node:crypto')
    const bytes = Buffer.from(body, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', KEY.key as Uint8Array, Buffer.from(iv, 'base64url'))
    decipher.setAAD(Buffer.from(JSON.stringify([version, keyId, 'tools', 'call-1'])))
    decipher.setAuthTag(bytes.subarray(-16))
    const text = decipher.update(bytes.subarray(0, -16)).toString() + decipher.final('utf8')
    expect(JSON.parse(text).map(({ name }: { name: string }) => name)).toEqual([...tools.keys()])
  })
})

describe('opening what does not belong', () => {
  const refused = async (change: (sealed: string) => string, options: object = {}) => {
    const sealed = await sealTools(await someTools(), { callId: 'call-1', key: KEY })
    return rejection(openTools(change(sealed), { ...CALL, ...options }))
  }
  const as = (sealed: string): string => sealed

  it('another call id: ERR_SEAL_INVALID', async () => {
    for (const callId of ['call-2', 'call-1 ', 'CALL-1', 'call-', 'tools","call-1']) {
      expect(await refused(as, { callId })).toMatchObject({ name: 'SecurityError', code: 'ERR_SEAL_INVALID' })
    }
  })

  it('another key of the same id: ERR_SEAL_INVALID', async () => {
    const keys = [{ keyId: KEY.keyId, key: OTHER.key }]
    expect(await refused(as, { keys })).toMatchObject({ code: 'ERR_SEAL_INVALID' })
  })

  it('no key of its id: ERR_SEAL_KEY, which names the id', async () => {
    expect(await refused(as, { keys: [OTHER] })).toMatchObject({
      code: 'ERR_SEAL_KEY',
      message: 'no key has the id `2026-11`',
    })
  })

  it('while keys rotate the old one still opens, and a new seal needs the new one', async () => {
    const tools = await someTools()
    const [old, current] = [
      await sealTools(tools, { callId: 'call-1', key: KEY }),
      await sealTools(tools, { callId: 'call-1', key: OTHER }),
    ]
    for (const keys of [
      [OTHER, KEY],
      [KEY, OTHER],
    ]) {
      expect((await openTools(old, { callId: 'call-1', keys })).size).toBe(12)
      expect((await openTools(current, { callId: 'call-1', keys })).size).toBe(12)
    }
    expect(await rejection(openTools(old, { callId: 'call-1', keys: [OTHER] }))).toMatchObject({ code: 'ERR_SEAL_KEY' })
  })

  it('a key id that was exchanged: ERR_SEAL_INVALID, though both keys are there', async () => {
    const sealed = await refused((text) => text.replace('2026-11', '2026-12'), { keys: [KEY, OTHER] })
    expect(sealed).toMatchObject({ code: 'ERR_SEAL_INVALID' })
    const twins = [KEY, { keyId: 'twin', key: KEY.key }]
    expect(await refused((text) => text.replace('2026-11', 'twin'), { keys: twins })).toMatchObject({
      code: 'ERR_SEAL_INVALID',
    })
  })

  it('truncation at every place: refused', async () => {
    const sealed = await sealTools(new Map([...(await someTools())].slice(0, 1)), { callId: 'call-1', key: KEY })
    for (let length = 0; length < sealed.length; length += 1) {
      const error = await rejection(openTools(sealed.slice(0, length), CALL))
      expect(error).toMatchObject({ code: 'ERR_SEAL_INVALID' })
    }
  })

  it.each([
    '',
    'lk1',
    'lk1.2026-11..',
    'lk1.2026-11.AAAAAAAAAAAAAAAA.',
    'lk1.2026-11.AAAAAAAAAAAAAAAA.AA',
    'lk2.2026-11.AAAAAAAAAAAAAAAA.AAAA',
    'lk1..AAAAAAAAAAAAAAAA.AAAA',
    'lk1.a b.AAAAAAAAAAAAAAAA.AAAA',
    'lk1.2026-11.AAAA.AAAA',
    'lk1.2026-11.AAAAAAAAAAAAAAAA.AAAA.AAAA',
    '\ud800',
  ])('%j is no sealed text', async (text) => {
    expect(await rejection(openTools(text, CALL))).toMatchObject({ code: 'ERR_SEAL_INVALID' })
  })

  it('what is no text at all', async () => {
    for (const value of [null, undefined, 5, {}, [], ['lk1.a.b.c'], new String('lk1.a.b.c')]) {
      expect(await rejection(openTools(value as string, CALL))).toMatchObject({ code: 'ERR_SEAL_INVALID' })
    }
  })

  it('what was sealed for another purpose', async () => {
    const { seal } = await import('../../src/envelope.ts')
    for (const context of [['call-1'], ['tools'], ['other', 'call-1'], ['tools', 'call-1', '']]) {
      const sealed = await seal('[]', KEY, context)
      expect(await rejection(openTools(sealed, CALL))).toMatchObject({ code: 'ERR_SEAL_INVALID' })
    }
  })

  it('a definition that this version does not know', async () => {
    const { seal } = await import('../../src/envelope.ts')
    const binding = { origin: null, pathPrefix: null, pathOpen: false, tenant: null, environment: null }
    const resolution = {
      ok: true,
      outcome: 'unauthenticated',
      optionIndex: null,
      mutations: [],
      needs: [],
      notices: [],
      binding,
    }
    const newer = [{ name: 'a', overrides: {}, resolution, definition: { http: { url: 'https://x.example' } } }]
    const sealed = await seal(JSON.stringify(newer), KEY, ['tools', 'call-1'])
    expect(await rejection(openTools(sealed, CALL))).toMatchObject({ code: 'ERR_SEAL_INVALID' })
  })
})

describe('keys and call ids', () => {
  it.each<[string, unknown]>([
    ['a short key', { keyId: 'a', key: new Uint8Array(16) }],
    ['a long key', { keyId: 'a', key: new Uint8Array(33) }],
    ['an empty key', { keyId: 'a', key: new Uint8Array(0) }],
    ['a text for a key', { keyId: 'a', key: 'x'.repeat(32) }],
    ['no key', { keyId: 'a' }],
    ['no key id', { key: new Uint8Array(32) }],
    ['an empty key id', { keyId: '', key: new Uint8Array(32) }],
    ['a key id with a dot', { keyId: 'a.b', key: new Uint8Array(32) }],
    ['a key id of 65 characters', { keyId: 'a'.repeat(65), key: new Uint8Array(32) }],
  ])('%s: ERR_ARGUMENT_INVALID', async (_, key) => {
    const error = await rejection(sealTools(new Map(), { callId: 'c', key: key as SealingKey }))
    expect(error).toMatchObject({ name: 'SecurityError', code: 'ERR_ARGUMENT_INVALID' })
  })

  it.each<[string, () => Promise<unknown>]>([
    ['of another algorithm', () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])],
    ['of 128 bits', () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt', 'decrypt'])],
    ['that may not encrypt', () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['decrypt'])],
  ])('a CryptoKey %s: ERR_ARGUMENT_INVALID', async (_, generate) => {
    const key = { keyId: 'a', key: (await generate()) as CryptoKey }
    expect(await rejection(sealTools(new Map(), { callId: 'c', key }))).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it('a CryptoKey of AES-GCM with 256 bits seals and opens, and so do its bytes', async () => {
    const algorithm = { name: 'AES-GCM', length: 256 }
    const cryptoKey = (await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])) as CryptoKey
    const bytes = new Uint8Array(await crypto.subtle.exportKey('raw', cryptoKey))
    const sealed = await sealTools(await someTools(), { callId: 'c', key: { keyId: 'a', key: cryptoKey } })
    for (const key of [cryptoKey, bytes]) {
      expect((await openTools(sealed, { callId: 'c', keys: [{ keyId: 'a', key }] })).size).toBe(12)
    }
  })

  it.each(['', '\ud800', null, undefined, 5])('%j as call id: ERR_ARGUMENT_INVALID', async (callId) => {
    const sealing = sealTools(new Map(), { callId: callId as string, key: KEY })
    const opening = openTools('lk1.a.b.c', { callId: callId as string, keys: [KEY] })
    for (const promise of [sealing, opening]) {
      expect(await rejection(promise)).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    }
  })

  it('opening with an unusable key: an error of ours', async () => {
    const sealed = await sealTools(new Map(), { callId: 'call-1', key: KEY })
    for (const key of [new Uint8Array(5), 'text', undefined]) {
      const keys = [{ keyId: KEY.keyId, key: key as Uint8Array }]
      expect(await rejection(openTools(sealed, { callId: 'call-1', keys }))).toBeInstanceOf(SecurityError)
    }
  })
})

describe('arguments are read strictly: ERR_ARGUMENT_INVALID', () => {
  const INVALID = { name: 'SecurityError', code: 'ERR_ARGUMENT_INVALID' }
  const lying = new Proxy({}, { ownKeys: () => assert.fail('a proxy that throws') })
  const seal = (tools: unknown, options: unknown) => rejection(sealTools(tools as never, options as never))
  const open = (options: unknown) => rejection(openTools('lk1.a.b.c', options as never))

  it.each<[string, unknown]>([
    ['an object', {}],
    ['nothing', undefined],
    ['a list', []],
    ['a map of something else', new Map([['a', {}]])],
    ['a map of nothing', new Map([['a', null]])],
    ['a proxy that throws', new Proxy(new Map(), {})],
  ])('tools that are %s', async (_, tools) => {
    expect(await seal(tools, { callId: 'c', key: KEY })).toMatchObject(INVALID)
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no key', { callId: 'c' }],
    ['a key that is nothing', { callId: 'c', key: null }],
    ['no call id', { key: KEY }],
    ['a misspelt option', { callId: 'c', key: KEY, callid: 'c' }],
    ['a proxy that throws', lying],
    [
      'a key that is a proxy that throws',
      { callId: 'c', key: new Proxy({}, { get: () => assert.fail('a proxy that throws') }) },
    ],
  ])('sealing with %s', async (_, options) => {
    expect(await seal(new Map(), options)).toMatchObject(INVALID)
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no keys', { callId: 'c' }],
    ['one key in place of a list', { callId: 'c', keys: KEY }],
    ['an empty list of keys', { callId: 'c', keys: [] }],
    ['a list with nothing in it', { callId: 'c', keys: [null] }],
    ['two keys of one id', { callId: 'c', keys: [KEY, { ...OTHER, keyId: KEY.keyId }] }],
    ['no call id', { keys: [KEY] }],
    ['a misspelt option', { callId: 'c', keys: [KEY], key: KEY }],
    ['a proxy that throws', lying],
  ])('opening with %s', async (_, options) => {
    expect(await open(options)).toMatchObject(INVALID)
  })

  it('a CryptoKey that may only open, opens; one that may only seal, seals', async () => {
    const import_ = (usage: 'encrypt' | 'decrypt') =>
      crypto.subtle.importKey('raw', KEY.key as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [usage])
    const sealing = { keyId: KEY.keyId, key: await import_('encrypt') }
    const opening = { keyId: KEY.keyId, key: await import_('decrypt') }
    const sealed = await sealTools(new Map(), { callId: 'c', key: sealing })
    expect(await openTools(sealed, { callId: 'c', keys: [opening] })).toEqual(new Map())
    expect(await rejection(openTools(sealed, { callId: 'c', keys: [sealing] }))).toMatchObject(INVALID)
  })

  it('the keys are copied: changing the bytes at once changes nothing', async () => {
    const bytes = () => new Uint8Array(KEY.key as Uint8Array)
    const [first, second] = [bytes(), bytes()]
    const sealing = sealTools(new Map(), { callId: 'c', key: { keyId: KEY.keyId, key: first } })
    first.fill(0)
    const opening = openTools(await sealing, { callId: 'c', keys: [{ keyId: KEY.keyId, key: second }] })
    second.fill(0)
    expect(await opening).toEqual(new Map())
  })

  it('a key id that Object.prototype has is none (T91)', async () => {
    try {
      Object.assign(Object.prototype, { keyId: 'evil' })
      expect(await seal(new Map(), { callId: 'c', key: { key: KEY.key } })).toMatchObject(INVALID)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'keyId')
    }
  })
})

describe('errors of sealed texts', () => {
  it('carry neither a secret nor what the platform said', async () => {
    const sealed = await sealTools(await someTools(), { callId: 'call-1', key: KEY })
    const damaged = `${sealed.slice(0, -1)}${sealed.endsWith('A') ? 'Q' : 'A'}`
    const errors = [
      await rejection(openTools(damaged, CALL)),
      await rejection(openTools(sealed, { callId: 'call-2', keys: [KEY] })),
      await rejection(openTools(sealed, { callId: 'call-1', keys: [OTHER] })),
      await rejection(openTools(sealed.slice(0, 40), CALL)),
    ]
    const keyTexts = [KEY, OTHER].map(({ key }) => Buffer.from(key as Uint8Array).toString('latin1'))
    for (const error of errors) {
      expect(error).toBeInstanceOf(SecurityError)
      expect(error).not.toHaveProperty('cause')
      const printed = printedForms(error)
      expect([SECRET, ...keyTexts].flatMap(encodingsOf).filter((form) => printed.includes(form))).toEqual([])
      expect(printed).not.toMatch(/OperationError|DOMException|decrypt/)
    }
  })
})
