import { createHmac, verify as verifySignature } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { assert, beforeAll, describe, expect, it } from 'vitest'
import {
  type CallTokenIssuerOptions,
  type CallTokenRequest,
  createCallTokenIssuer,
  resolveCall,
  type VerifyCallTokenOptions,
  verifyCallToken,
} from '../../src/call/index.ts'
import { apply, buildRequest, SecurityError } from '../../src/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { definitionOf, requirementsOf, toolOf } from './samples.ts'

const BYTES = new Uint8Array(32).map((_, index) => index * 7)
const NOW = 1_760_000_000_000
const SECONDS = NOW / 1000
const now = (): number => NOW
const isCallActive = (callId: string): boolean => callId === 'call-1'

/** What an issuer signs with and what its tokens are verified with. */
interface KeyPair {
  readonly sign: Uint8Array | CryptoKey
  readonly verify: Uint8Array | CryptoKey
  readonly alg: string
}

const KEYS: Record<string, KeyPair> = {}
let other: CryptoKeyPair

beforeAll(async () => {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const hmacKey = await crypto.subtle.importKey('raw', BYTES, hmac, false, ['sign', 'verify'])
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  other = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  KEYS['bytes'] = { sign: BYTES, verify: BYTES, alg: 'HS256' }
  KEYS['an HMAC key'] = { sign: hmacKey, verify: hmacKey, alg: 'HS256' }
  KEYS['an Ed25519 pair'] = { sign: pair.privateKey, verify: pair.publicKey, alg: 'EdDSA' }
})

const NAMES = ['bytes', 'an HMAC key', 'an Ed25519 pair']
const keysOf = (name: string): KeyPair => KEYS[name] as KeyPair

/** A token for call-1 with the scopes given, minted at NOW. */
async function mint(
  name: string,
  scopes: readonly string[],
  more: Partial<CallTokenIssuerOptions> = {},
  expiresAt?: number,
) {
  const { mintCallToken } = createCallTokenIssuer({ key: keysOf(name).sign, now, ...more })
  const request = expiresAt === undefined ? { callId: 'call-1', scopes } : { callId: 'call-1', scopes, expiresAt }
  return (await mintCallToken(request)).reveal()
}

function verify(name: string, token: string, more: Partial<VerifyCallTokenOptions> = {}) {
  return verifyCallToken(token, { key: keysOf(name).verify, scopes: [], isCallActive, now, ...more })
}

const REFUSED = {
  ok: false,
  issues: [
    { code: 'ERR_CALL_TOKEN_INVALID', pointer: '', severity: 'error', message: 'the call token is not valid here' },
  ],
}

const decode = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

describe.each(NAMES)('call tokens with %s', (name) => {
  it('are minted and verified', async () => {
    expect(await verify(name, await mint(name, ['calls:read', 'b']), { scopes: ['calls:read', 'b'] })).toEqual({
      ok: true,
      value: { callId: 'call-1', scopes: ['calls:read', 'b'] },
      issues: [],
    })
  })

  it('are a compact JWS that says what it is', async () => {
    const [header, payload] = (await mint(name, ['s'], { keyId: '2026-11' })).split('.')
    expect(decode(header)).toEqual({ alg: keysOf(name).alg, typ: 'call+jwt', kid: '2026-11' })
    expect(decode(payload)).toEqual({
      scopes: ['s'],
      iss: 'latchkey',
      sub: 'call-1',
      iat: SECONDS,
      exp: SECONDS + 3600,
    })
  })

  it('without a key id have no kid', async () => {
    expect(decode((await mint(name, ['s'])).split('.')[0])).toEqual({ alg: keysOf(name).alg, typ: 'call+jwt' })
  })

  it('are valid until they expire, by the clock of the verifier', async () => {
    const token = await mint(name, ['s'], { lifetimeSeconds: 60 })
    const at = (seconds: number) => verify(name, token, { now: () => NOW + seconds * 1000 })
    expect((await at(59)).ok).toBe(true)
    expect(await at(60)).toEqual(REFUSED)
    expect(await at(3600 * 24 * 365)).toEqual(REFUSED)
  })

  it('are refused if they were issued in the future, but for a minute by which clocks differ', async () => {
    const token = await mint(name, ['s'])
    const at = (seconds: number) => verify(name, token, { now: () => NOW + seconds * 1000 })
    expect((await at(-60)).ok).toBe(true)
    expect(await at(-61)).toEqual(REFUSED)
    expect(await at(-3600 * 24)).toEqual(REFUSED)
  })

  it('end with the call at the latest: expiresAt', async () => {
    const token = await mint(name, ['s'], { lifetimeSeconds: 9999 }, NOW + 30_999)
    const at = (seconds: number) => verify(name, token, { now: () => NOW + seconds * 1000 })
    expect((await at(29)).ok).toBe(true)
    expect(await at(30)).toEqual(REFUSED)
  })

  it('are refused once the call has ended', async () => {
    const token = await mint(name, ['s'])
    expect(await verify(name, token, { isCallActive: () => false })).toEqual(REFUSED)
    expect(await verify(name, token, { isCallActive: async () => false })).toEqual(REFUSED)
    expect((await verify(name, token, { isCallActive: async (id) => id === 'call-1' })).ok).toBe(true)
  })

  it('of another issuer are refused', async () => {
    expect(await verify(name, await mint(name, ['s'], { issuer: 'staging' }))).toEqual(REFUSED)
    expect(await verify(name, await mint(name, ['s']), { issuer: 'staging' })).toEqual(REFUSED)
    expect((await verify(name, await mint(name, ['s'], { issuer: 'staging' }), { issuer: 'staging' })).ok).toBe(true)
  })

  it('have their scopes exactly: no prefix, no part, no other case', async () => {
    const token = await mint(name, ['calls:read', 'tools:hangup'])
    const withScopes = (...scopes: string[]) => verify(name, token, { scopes })
    for (const scopes of [[], ['calls:read'], ['tools:hangup', 'calls:read']]) {
      expect((await withScopes(...scopes)).ok).toBe(true)
    }
    for (const scope of [
      'calls',
      'calls:',
      'calls:read ',
      'calls:reads',
      'alls:read',
      'CALLS:READ',
      '*',
      'calls:read tools:hangup',
      '',
    ]) {
      expect(await withScopes('calls:read', scope)).toEqual({
        ok: false,
        issues: [
          {
            code: 'ERR_CALL_TOKEN_INVALID',
            pointer: '',
            severity: 'error',
            message: `the call token lacks \`${scope}\``,
          },
        ],
      })
    }
  })

  it('are refused with any byte changed', async () => {
    const token = await mint(name, ['s'])
    const bytesOf = (text: string): string[] =>
      text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
    for (let index = 0; index < token.length; index += 1) {
      const text = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`
      // Spare bits of the signature's last character are in no byte.
      if (bytesOf(text).join() === bytesOf(token).join()) continue
      expect(await verify(name, text, { scopes: ['s'] })).toEqual(REFUSED)
    }
  })

  it('are refused where they are no token at all', async () => {
    for (const token of ['', '.', '..', 'a.b.c', 'x'.repeat(100_000), 'null', '\ud800', null, undefined, 5, {}, []]) {
      expect(await verify(name, token as string)).toEqual(REFUSED)
    }
  })
})

describe('the signature, verified by another implementation', () => {
  it('HS256', async () => {
    const token = await mint('bytes', ['s'])
    const [header, payload, signature] = token.split('.')
    expect(createHmac('sha256', BYTES).update(`${header}.${payload}`).digest('base64url')).toBe(signature)
    expect(await mint('an HMAC key', ['s'])).toBe(token)
  })

  it('EdDSA', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const { mintCallToken } = createCallTokenIssuer({ key: pair.privateKey, now })
    const [header, payload, signature = ''] = (await mintCallToken({ callId: 'c', scopes: [] })).reveal().split('.')
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const key = { key: jwk, format: 'jwk' } as never
    expect(verifySignature(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(
      true,
    )
  })
})

describe('forged tokens', () => {
  const claims = { scopes: ['s'], iss: 'latchkey', sub: 'call-1', iat: SECONDS, exp: SECONDS + 3600 }
  const signed = (header: { alg: string; typ?: string }, key: Uint8Array | CryptoKey, more: object = {}) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader(header).sign(key)

  it('the forger can make a valid one, with the key', async () => {
    expect((await verify('bytes', await signed({ alg: 'HS256', typ: 'call+jwt' }, BYTES))).ok).toBe(true)
  })

  it('alg none is refused by every key', async () => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsecured = new UnsecuredJWT(claims).encode()
    for (const name of NAMES) {
      for (const alg of ['none', 'None', 'NONE', '']) {
        const header = encode({ alg, typ: 'call+jwt' })
        expect(await verify(name, `${header}.${encode(claims)}.`)).toEqual(REFUSED)
        expect(await verify(name, `${header}.${encode(claims)}.AAAA`)).toEqual(REFUSED)
      }
      expect(await verify(name, unsecured)).toEqual(REFUSED)
    }
  })

  it('HS256 with the bytes of the public key is refused', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
    for (const secret of [raw, spki]) {
      const token = await signed({ alg: 'HS256', typ: 'call+jwt' }, secret)
      expect(await verifyCallToken(token, { key: pair.publicKey, scopes: [], isCallActive, now })).toEqual(REFUSED)
    }
  })

  it('HS512 and HS384 with the same bytes are refused', async () => {
    const long = new Uint8Array(64).fill(9)
    for (const alg of ['HS384', 'HS512']) {
      const token = await signed({ alg, typ: 'call+jwt' }, long)
      expect(await verifyCallToken(token, { key: long, scopes: [], isCallActive, now })).toEqual(REFUSED)
    }
  })

  it('another key is refused', async () => {
    expect(await verify('bytes', await signed({ alg: 'HS256', typ: 'call+jwt' }, new Uint8Array(32)))).toEqual(REFUSED)
    expect(await verify('an Ed25519 pair', await signed({ alg: 'EdDSA', typ: 'call+jwt' }, other.privateKey))).toEqual(
      REFUSED,
    )
  })

  it.each(['JWT', 'at+jwt', 'application/at+jwt', undefined])(
    'typ %s is refused: a token for something else',
    async (typ) => {
      const header = typ === undefined ? { alg: 'HS256' } : { alg: 'HS256', typ }
      expect(await verify('bytes', await signed(header, BYTES))).toEqual(REFUSED)
    },
  )

  it.each<[string, object]>([
    ['no call', { sub: undefined }],
    ['no end', { exp: undefined }],
    ['no scopes', { scopes: undefined }],
    ['scopes as one text', { scopes: 's x' }],
    ['scopes with a number', { scopes: ['s', 5] }],
    ['scopes as an object', { scopes: { 0: 's', length: 1 } }],
    ['a call that is a number', { sub: 5 }],
    ['an end that is a text', { exp: '9999999999' }],
    ['an end that is past', { exp: SECONDS }],
    ['a beginning that is not reached', { nbf: SECONDS + 60 }],
    ['an issue date in the future', { iat: SECONDS + 61 }],
    ['an issue date far in the future', { iat: 1e300 }],
    ['an issue date that is a text', { iat: String(SECONDS) }],
    ['no issue date', { iat: undefined }],
    ['no issuer', { iss: undefined }],
  ])('claims with %s are refused', async (_, more) => {
    expect(await verify('bytes', await signed({ alg: 'HS256', typ: 'call+jwt' }, BYTES, more))).toEqual(REFUSED)
  })

  it('a refusal says nothing of the token, nor which check failed', async () => {
    const token = await signed({ alg: 'HS256', typ: 'call+jwt' }, BYTES, { sub: 'call-of-a-stranger', exp: SECONDS })
    const result = await verify('bytes', token)
    for (const secret of [token, token.split('.')[2] ?? '', 'call-of-a-stranger'])
      expect(leaksOf(result, secret)).toEqual([])
  })

  it('isCallActive is asked only about calls that we signed, and what it throws is thrown', async () => {
    const asked: string[] = []
    const remember = (id: string): boolean => asked.push(id) > 0
    await verify('bytes', await signed({ alg: 'HS256', typ: 'call+jwt' }, new Uint8Array(32), { sub: 'forged' }), {
      isCallActive: remember,
    })
    await verify('bytes', await mint('bytes', ['s']), { isCallActive: remember })
    expect(asked).toEqual(['call-1'])
    const down = new Error('the call store is down')
    await expect(
      verify('bytes', await mint('bytes', ['s']), { isCallActive: () => Promise.reject(down) }),
    ).rejects.toBe(down)
  })
})

describe('keys', () => {
  const hmac512 = () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, false, ['sign', 'verify'])
  const ecdsa = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])

  it.each<[string, () => unknown]>([
    ['31 bytes', () => new Uint8Array(31)],
    ['no bytes', () => new Uint8Array(0)],
    ['a text', () => 'x'.repeat(32)],
    ['nothing', () => undefined],
    ['an HMAC key with SHA-512', hmac512],
    ['an ECDSA key', async () => ((await ecdsa()) as CryptoKeyPair).privateKey],
  ])('%s: ERR_ARGUMENT_INVALID', async (_, make) => {
    const key = (await make()) as Uint8Array
    expect(() => createCallTokenIssuer({ key })).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
    await expect(verifyCallToken('a.b.c', { key, scopes: [], isCallActive })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it('a public key cannot sign, and a private one cannot verify: ERR_ARGUMENT_INVALID', async () => {
    const { sign, verify: publicKey } = keysOf('an Ed25519 pair')
    expect(() => createCallTokenIssuer({ key: publicKey })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    await expect(verifyCallToken('a.b.c', { key: sign, scopes: [], isCallActive })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1h', null])(
    'a lifetime of %s seconds: ERR_ARGUMENT_INVALID',
    (lifetimeSeconds) => {
      const make = () => createCallTokenIssuer({ key: BYTES, lifetimeSeconds: lifetimeSeconds as number })
      expect(make).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
    },
  )

  it('the bytes are copied: changing them later changes nothing', async () => {
    const [signing, verifying] = [new Uint8Array(BYTES), new Uint8Array(BYTES)]
    const { mintCallToken } = createCallTokenIssuer({ key: signing, now })
    signing.fill(0)
    const token = (await mintCallToken({ callId: 'call-1', scopes: ['s'] })).reveal()
    expect(token).toBe(await mint('bytes', ['s']))
    const result = verifyCallToken(token, { key: verifying, scopes: ['s'], isCallActive, now })
    verifying.fill(0)
    expect((await result).ok).toBe(true)
  })

  it('the clock of the host is the default one', async () => {
    const { mintCallToken } = createCallTokenIssuer({ key: BYTES })
    const token = (await mintCallToken({ callId: 'call-1', scopes: ['s'] })).reveal()
    expect((await verifyCallToken(token, { key: BYTES, scopes: ['s'], isCallActive })).ok).toBe(true)
    expect((await verify('bytes', token, { now: () => Date.now() + 3_601_000 })).ok).toBe(false)
  })
})

describe('arguments are read strictly: ERR_ARGUMENT_INVALID', () => {
  const INVALID = expect.objectContaining({ name: 'SecurityError', code: 'ERR_ARGUMENT_INVALID' })
  const lying = new Proxy({}, { ownKeys: () => assert.fail('a proxy that throws') })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['null', null],
    ['no key', {}],
    ['a misspelt option', { key: BYTES, lifetimeSecond: 60 }],
    ['a key id that is no text', { key: BYTES, keyId: 5 }],
    ['an empty issuer', { key: BYTES, issuer: '' }],
    ['a clock that is none', { key: BYTES, now: NOW }],
    ['a proxy that throws', lying],
  ])('an issuer with %s', (_, options) => {
    expect(() => createCallTokenIssuer(options as CallTokenIssuerOptions)).toThrow(INVALID)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no call', { scopes: ['s'] }],
    ['a call that is a number', { callId: 5, scopes: ['s'] }],
    ['an empty call', { callId: '', scopes: ['s'] }],
    ['no scopes', { callId: 'call-1' }],
    ['scopes as one text', { callId: 'call-1', scopes: 's' }],
    ['scopes with a number', { callId: 'call-1', scopes: ['s', 5] }],
    ['scopes with a hole', { callId: 'call-1', scopes: new Array(1) }],
    ['a misspelt end', { callId: 'call-1', scopes: ['s'], expiresat: NOW + 1000 }],
    ['an end that is no number', { callId: 'call-1', scopes: ['s'], expiresAt: Number.NaN }],
    ['an end that is a text', { callId: 'call-1', scopes: ['s'], expiresAt: '2030-01-01' }],
    ['an end that is past', { callId: 'call-1', scopes: ['s'], expiresAt: NOW - 1 }],
    ['an end that is now', { callId: 'call-1', scopes: ['s'], expiresAt: NOW }],
    ['an end in seconds', { callId: 'call-1', scopes: ['s'], expiresAt: SECONDS + 60 }],
    ['a proxy that throws', lying],
  ])('a token for %s', async (_, request) => {
    const { mintCallToken } = createCallTokenIssuer({ key: BYTES, now })
    await expect(mintCallToken(request as CallTokenRequest)).rejects.toEqual(INVALID)
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no scopes', { key: BYTES, isCallActive, now }],
    ['scopes as one text', { key: BYTES, scopes: 's', isCallActive, now }],
    ['scopes with a number', { key: BYTES, scopes: [5], isCallActive, now }],
    ['no look at the call', { key: BYTES, scopes: ['s'], now }],
    ['a call that is active anyway', { key: BYTES, scopes: ['s'], isCallActive: true, now }],
    ['a misspelt option', { key: BYTES, scopes: ['s'], isCallActive, now, isuer: 'staging' }],
    ['an empty issuer, which would be any', { key: BYTES, scopes: ['s'], isCallActive, now, issuer: '' }],
    ['a clock without a time', { key: BYTES, scopes: ['s'], isCallActive, now: () => Number.NaN }],
    ['a proxy that throws', lying],
  ])('a verification with %s', async (_, options) => {
    const token = await mint('bytes', ['s'])
    await expect(verifyCallToken(token, options as VerifyCallTokenOptions)).rejects.toEqual(INVALID)
  })

  it('a clock without a time mints nothing', async () => {
    const { mintCallToken } = createCallTokenIssuer({ key: BYTES, now: () => Number.NaN })
    await expect(mintCallToken({ callId: 'call-1', scopes: ['s'] })).rejects.toEqual(INVALID)
  })
})

it('a polluted Object.prototype speaks for no option, no request and no check (T91)', async () => {
  const polluted = { keyId: 'evil', issuer: 'evil', lifetimeSeconds: 9e9, expiresAt: NOW + 9e12, clockTolerance: 9e9 }
  const expired = await mint('bytes', ['s'], { now: () => NOW - 3_601_000 })
  let token = ''
  let outcomes: readonly boolean[] = []
  try {
    Object.assign(Object.prototype, polluted)
    token = await mint('bytes', ['s'])
    outcomes = [(await verify('bytes', token)).ok, (await verify('bytes', expired)).ok]
  } finally {
    for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
  }
  expect(outcomes).toEqual([true, false])
  expect(token).toBe(await mint('bytes', ['s']))
})

it('an issuer gives resolveCall its call tokens, and the tool that receives one verifies it', async () => {
  const { mintCallToken } = createCallTokenIssuer({ key: BYTES, now })
  const temporaryTool = definitionOf('hangup', {
    requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['calls:hangup'] } }),
  })
  const options = { mintCallToken, callId: 'call-1', expiresAt: NOW + 60_000 }
  const tool = toolOf(await resolveCall({ selectedTools: [{ temporaryTool }] }, options), 'hangup')
  const { headers } = apply(buildRequest(tool, { parameters: { symbol: 'x' } }), tool.resolution)
  const token = headers['X-Ultravox-Call-Token'] ?? ''
  expect((await verify('bytes', token, { scopes: ['calls:hangup'] })).ok).toBe(true)
  expect((await verify('bytes', token, { scopes: ['calls:hangup'], now: () => NOW + 60_000 })).ok).toBe(false)
})

it('an issuer that cannot sign is a problem of the call, not an exception', async () => {
  const key = keysOf('an Ed25519 pair')
  let mintCallToken: (...request: never[]) => unknown = () => ''
  try {
    ;({ mintCallToken } = createCallTokenIssuer({ key: key.verify }))
  } catch (error) {
    expect(error).toBeInstanceOf(SecurityError)
  }
  const temporaryTool = definitionOf('a', {
    requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['s'] } }),
  })
  const result = await resolveCall(
    { selectedTools: [{ temporaryTool }] },
    { mintCallToken: mintCallToken as never, callId: 'c' },
  )
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'ERR_CALL_TOKEN_MINT' }] })
})
