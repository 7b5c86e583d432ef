import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HmacForm, type NonceStore, signaturePresets, verifySignature } from '../../src/hmac/index.ts'
import { renderPayload } from '../../src/hmac/sign-request.ts'
import { checkAsync } from './check-async.ts'
import { loadSignatureVectors } from './load-vectors.ts'
import {
  BODY_ONLY,
  LISTED,
  macOf,
  NOW,
  post,
  refusal,
  rejection,
  SECRET,
  sign,
  TIMED,
  URL_OF_HOOK,
  verify,
} from './messages.ts'

const STAMP = '1700000000'

describe('T66 parsed instead of raw body', () => {
  const raw = '{"a": 1.0}'

  it('T66 the raw body is accepted, the same JSON written again is not', async () => {
    const headers = { 'X-Signature': macOf(raw) }
    expect(await refusal(verify(BODY_ONLY, post(raw, headers)))).toBe(null)
    expect(await refusal(verify(BODY_ONLY, post(JSON.stringify(JSON.parse(raw)), headers)))).toBe(
      'ERR_SIGNATURE_MISMATCH',
    )
  })

  it.each([
    ['an object', { a: 1 }],
    ['an array', [1]],
    ['a number', 1],
    ['null', null],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
    ['a URLSearchParams', new URLSearchParams('a=1')],
  ])('T66 %s as the body is an error of ours', async (_, body) => {
    const request = { ...post(''), body: body as never }
    expect(await rejection(verify(BODY_ONLY, { ...request, headers: { 'X-Signature': macOf('') } }))).toBe(
      'ERR_ARGUMENT_INVALID',
    )
    expect(await rejection(sign(BODY_ONLY, request))).toBe('ERR_ARGUMENT_INVALID')
  })
})

it('T67 the vectors do not come from the code under test: node:crypto agrees with each that is accepted', () => {
  const vectors = loadSignatureVectors().flatMap(({ content }) => content.vectors)
  const accepted = vectors.filter(({ refused, form }) => !refused && (form.key ?? 'utf8') === 'utf8' && !form.keyPrefix)
  expect(accepted.length).toBeGreaterThan(100)
  for (const { id, form, secrets, request, expected, payloadBase64 = '' } of accepted) {
    const { headers, url } = 'headers' in expected ? expected : request
    const carriers = [...Object.values(headers).flat(), decodeURIComponent(url)]
    const payload = Buffer.from(payloadBase64, 'base64')
    const macs = secrets.map((secret) => macOf(payload, secret, form.algorithm, form.encoding))
    expect(
      macs.some((mac) => carriers.some((carrier) => carrier.includes(mac))),
      id,
    ).toBe(true)
  }
})

describe('T68 bytes decoded to text before the MAC', () => {
  it('T68 a body with FE is refused under the signature of FF', async () => {
    const headers = { 'X-Signature': macOf(Uint8Array.of(0x61, 0xff)) }
    expect(await refusal(verify(BODY_ONLY, post(Uint8Array.of(0x61, 0xff), headers)))).toBe(null)
    expect(await refusal(verify(BODY_ONLY, post(Uint8Array.of(0x61, 0xfe), headers)))).toBe('ERR_SIGNATURE_MISMATCH')
    expect(await refusal(verify(BODY_ONLY, post('a\ufffd', headers)))).toBe('ERR_SIGNATURE_MISMATCH')
  })

  it('T68 a form that is no UTF-8 is refused, and not signed', async () => {
    const { form } = signaturePresets.twilio
    const headers = { 'X-Twilio-Signature': macOf(`${URL_OF_HOOK}a\ufffd`, SECRET, 'sha1', 'base64') }
    for (const byte of [0xff, 0xfe]) {
      const request = post(Uint8Array.of(0x61, 0x3d, byte), headers)
      expect(await refusal(verify(form, request))).toBe('ERR_SIGNATURE_MALFORMED')
      expect(await rejection(sign(form, { ...request, headers: {} }))).toBe('ERR_SIGNATURE_INPUT')
    }
  })

  it('T68 a byte order mark is part of a form', async () => {
    const { form } = signaturePresets.twilio
    const headers = { 'X-Twilio-Signature': macOf(`${URL_OF_HOOK}a1`, SECRET, 'sha1', 'base64') }
    expect(await refusal(verify(form, post('a=1', headers)))).toBe(null)
    expect(await refusal(verify(form, post('\ufeffa=1', headers)))).toBe('ERR_SIGNATURE_MISMATCH')
  })
})

describe('T69 a timestamp that is not signed', () => {
  it('T69 an old body under a rewritten header is refused', async () => {
    const headers = { 'X-Timestamp': '1700003600', 'X-Signature': macOf(`${STAMP}.x`) }
    expect(await refusal(verify(TIMED, post('x', headers), { now: NOW + 3_600_000 }))).toBe('ERR_SIGNATURE_MISMATCH')
  })

  it('T69 a body-only form says that it knows no timestamp, however old the message is', async () => {
    const form: HmacForm = { headers: { 'X-Timestamp': '{timestamp}', 'X-Signature': '{signature}' } }
    const request = post('x', { 'X-Timestamp': STAMP, 'X-Signature': macOf('x') })
    expect(await verify(form, request, { now: NOW * 2 })).toMatchObject({ ok: true, timestamp: null })
  })

  it('T69 what is not signed is not reported', async () => {
    const form: HmacForm = { headers: { 'X-Id': '{id}', 'X-Key': '{keyId}', 'X-Signature': '{signature}' } }
    const request = post('x', { 'X-Id': 'forged', 'X-Key': 'forged', 'X-Signature': macOf('x') })
    expect(await verify(form, request)).toMatchObject({ ok: true, id: null, keyId: null })
  })

  it.each([
    ['the URL', { payload: '{method} {url}', headers: {}, query: { at: '{timestamp}', sig: '{signature}' } }],
    ['the query', { payload: '{query}', headers: { 'X-Signature': '{signature}' }, query: { at: '{timestamp}' } }],
    ['the target', { payload: '{target}', headers: { 'X-Signature': '{signature}' }, query: { at: 't{timestamp}' } }],
    [
      'a header',
      {
        payload: '{header:x-input}\n{body}',
        headers: { 'X-Input': 'created={timestamp}', 'X-Signature': '{signature}' },
      },
    ],
    [
      'a header that another one holds',
      {
        payload: '{header:X-Meta}',
        headers: {
          'X-Time': '{timestamp}',
          'X-Meta': 'v1;{header:x-time};{body:sha256}',
          'X-Signature': '{signature}',
        },
      },
    ],
    [
      'a parameter of the URL that a header holds',
      {
        payload: '{header:X-Url}',
        headers: { 'X-Url': '{url}', 'X-Signature': '{signature}' },
        query: { at: '{timestamp}' },
      },
    ],
  ] satisfies [string, HmacForm][])('T69 a timestamp that is signed within %s is too old, too', async (_, form) => {
    const request = await sign(form, post('x'))
    expect(await verify(form, request)).toMatchObject({ ok: true, timestamp: NOW })
    expect(await refusal(verify(form, request, { now: NOW + 301_000 }))).toBe('ERR_SIGNATURE_TIMESTAMP')
    const sloppy = { ...form, timestamp: 'iso' } as const
    expect(await refusal(verify(sloppy, request))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  it.each([
    ['the path', { payload: '{path}', headers: { 'X-Signature': '{signature}' }, query: { at: '{timestamp}' } }],
    [
      'another header',
      { payload: '{header:X-Other}', headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' } },
    ],
    [
      'the URL, with the signature',
      { payload: '{method} {url}', headers: {}, query: { sig: '{timestamp}.{signature}' } },
    ],
    ['no header', { payload: '{body}', headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' } }],
  ] satisfies [string, HmacForm][])('T69 a timestamp beside %s, which is signed, is not', async (_, form) => {
    const request = await sign(form, { ...post('x'), headers: { 'X-Other': 'a' } })
    expect(await verify(form, request, { now: NOW * 2 })).toMatchObject({ ok: true, timestamp: null })
  })

  it('T69 an id and a key id that are signed within the URL or a header are reported', async () => {
    const form: HmacForm = {
      payload: '{url} {header:X-Key}',
      headers: { 'X-Key': 'key={keyId}', 'X-Signature': '{signature}' },
      query: { id: '{id}' },
    }
    const request = await sign(form, post('x'), { id: 'msg_1', keyId: 'key-1' })
    expect(await verify(form, request)).toMatchObject({ ok: true, id: 'msg_1', keyId: 'key-1', timestamp: null })
  })

  it('T69 two carriers never disagree about the timestamp', async () => {
    const form: HmacForm = {
      payload: '{timestamp}.{body}',
      headers: { 'X-Timestamp': '{timestamp}', 'X-Signature': 't={timestamp},v1={signature}' },
    }
    const request = post('x', { 'X-Timestamp': STAMP, 'X-Signature': `t=5,v1=${macOf(`${STAMP}.x`)}` })
    expect(await refusal(verify(form, request))).toBe('ERR_SIGNATURE_MALFORMED')
  })
})

describe('T70 a timestamp that is optional', () => {
  it('T70 a missing timestamp is refused, whatever was signed', async () => {
    for (const payload of ['x', '.x', 'undefined.x', 'null.x']) {
      expect(await refusal(verify(TIMED, post('x', { 'X-Signature': macOf(payload) })))).toBe('ERR_SIGNATURE_MISSING')
      expect(await refusal(verify(LISTED, post('x', { 'X-Signature': `v1=${macOf(payload)}` })))).toBe(
        'ERR_SIGNATURE_MALFORMED',
      )
    }
  })
})

describe('T71 sloppy timestamps', () => {
  const SPELLINGS = [
    '1700000000junk',
    ' 1700000000',
    '1700000000 ',
    '+1700000000',
    ' +1700000000.9',
    '1700000000.0',
    '1.7e9',
    '0x6553f100',
    '01700000000',
    '001700000000',
    '-1700000000',
    '1_700_000_000',
    '１７００００００００',
    'NaN',
    'Infinity',
    '',
    '1700000000\n',
  ]
  it.each(SPELLINGS)('T71 %j is refused under a signature that covers it', async (text) => {
    const request = post('x', { 'X-Timestamp': text, 'X-Signature': macOf(`${text}.x`) })
    expect(await refusal(verify(TIMED, request))).toBe('ERR_SIGNATURE_MALFORMED')
    expect(await refusal(verify({ ...TIMED, timestamp: 'ms' }, request))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  it.each([
    [-300, null],
    [-301, 'ERR_SIGNATURE_TIMESTAMP'],
    [300, null],
    [301, 'ERR_SIGNATURE_TIMESTAMP'],
  ])('T71 a message %i seconds off', async (seconds, code) => {
    const request = await sign(TIMED, post('x'))
    expect(await refusal(verify(TIMED, request, { now: NOW + seconds * 1000 }))).toBe(code)
  })

  it('T71 a tolerance or a clock that is no number lets nothing through', async () => {
    const request = await sign(TIMED, post('x'))
    for (const options of [{ toleranceMs: Number.NaN }, { toleranceMs: -1 }, { now: Number.NaN }]) {
      expect(await refusal(verify(TIMED, request, options))).toBe('ERR_SIGNATURE_TIMESTAMP')
    }
  })

  it('T71 the default clock is that of the machine', async () => {
    expect(await refusal(verifySignature(TIMED, [SECRET], await sign(TIMED, post('x'))))).toBe(
      'ERR_SIGNATURE_TIMESTAMP',
    )
    const fresh = await sign(TIMED, post('x'), { now: Date.now() })
    expect(await refusal(verifySignature(TIMED, [SECRET], fresh))).toBe(null)
  })
})

describe('T72 replay inside the window', () => {
  function memory(): NonceStore & { readonly kept: Map<string, number> } {
    const kept = new Map<string, number>()
    return {
      kept,
      add: async (key, ttlMs) => {
        if (kept.has(key)) return false
        kept.set(key, ttlMs)
        return true
      },
    }
  }

  it('T72 the second copy is refused, another message is not', async () => {
    const nonces = memory()
    const request = await sign(TIMED, post('x'))
    expect(await refusal(verify(TIMED, request, { nonces }))).toBe(null)
    expect(await refusal(verify(TIMED, request, { nonces }))).toBe('ERR_SIGNATURE_REPLAYED')
    expect(await refusal(verify(TIMED, await sign(TIMED, post('y')), { nonces }))).toBe(null)
  })

  it('T72 of 100 copies at once, one is accepted', async () => {
    const nonces = memory()
    const request = await sign(TIMED, post('x'))
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => verify(TIMED, request, { nonces })))
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1)
    expect(new Set(verdicts.map((verdict) => (verdict.ok ? null : verdict.code)))).toEqual(
      new Set([null, 'ERR_SIGNATURE_REPLAYED']),
    )
  })

  it('T72 a copy with its signatures in another order is a copy', async () => {
    const nonces = memory()
    const [a, b] = [macOf(`${STAMP}.x`), macOf('something else')]
    const listed = (...signatures: string[]) =>
      post('x', { 'X-Signature': `t=${STAMP},${signatures.map((each) => `v1=${each}`).join(',')}` })
    expect(await refusal(verify(LISTED, listed(a, b), { nonces }))).toBe(null)
    expect(await refusal(verify(LISTED, listed(b, a), { nonces }))).toBe('ERR_SIGNATURE_REPLAYED')
    expect(await refusal(verify(LISTED, listed(a), { nonces }))).toBe('ERR_SIGNATURE_REPLAYED')
  })

  it('T72 a copy under the other of two rotating secrets is a copy', async () => {
    const nonces = memory()
    const secrets = [SECRET, `${SECRET}-2`]
    for (const [index, secret] of secrets.entries()) {
      const request = await sign(TIMED, post('x'), {}, [secret])
      expect(await refusal(verify(TIMED, request, { nonces }, secrets))).toBe(
        index === 0 ? null : 'ERR_SIGNATURE_REPLAYED',
      )
    }
  })

  it('T72 the store keeps a short printable key for as long as a copy could be accepted', async () => {
    const nonces = memory()
    await verify(TIMED, await sign(TIMED, post('x')), { nonces, toleranceMs: 5000 })
    expect([...nonces.kept.values()]).toEqual([10_001])
    expect([...nonces.kept.keys()].every((key) => /^[\x21-\x7e]{1,100}$/.test(key))).toBe(true)
  })

  it('T72 a message that is refused is not remembered', async () => {
    const nonces = memory()
    const request = await sign(TIMED, post('x'))
    await verify(TIMED, { ...request, body: 'y' }, { nonces })
    await verify(TIMED, request, { nonces, now: NOW + 301_000 })
    expect(nonces.kept.size).toBe(0)
  })

  it('T72 what one tenant received is no copy for another, nor for none', async () => {
    const nonces = memory()
    const request = await sign(TIMED, post('x'))
    const tenants = ['a', 'b', 'A', 'a.b', 'a ', 'ä']
    for (const tenant of tenants) {
      expect(await refusal(verify(TIMED, request, { nonces, tenant }))).toBe(null)
      expect(await refusal(verify(TIMED, request, { nonces, tenant }))).toBe('ERR_SIGNATURE_REPLAYED')
    }
    expect(await refusal(verify(TIMED, request, { nonces }))).toBe(null)
    expect(nonces.kept.size).toBe(tenants.length + 1)
    expect([...nonces.kept.keys()].every((key) => /^[\x21-\x7e]{1,87}$/.test(key))).toBe(true)
  })

  it.each([
    [{ tenant: '' }],
    [{ tenant: 'a\ud800' }],
    [{ tenant: 5 }],
    [{ tenant: null }],
    [{ nonces: {} }],
    [{ nonces: new Map() }],
    [{ nonce: { add: async () => true } }],
    [{ toleranceMS: 5 }],
    [{ allowShortSecret: 'no' }],
    [{ now: new Date(NOW) }],
    [null],
    ['x'],
  ])('T72 options that would be ignored, or taken for others, are refused: %j', async (options) => {
    const request = await sign(TIMED, post('x'))
    expect(await rejection(verifySignature(TIMED, [SECRET], request, options as never))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('T72 a store may be an instance of a class, and a polluted prototype opens nothing', async () => {
    class Store implements NonceStore {
      readonly #kept = new Set<string>()
      async add(key: string): Promise<boolean> {
        return !this.#kept.has(key) && this.#kept.add(key) !== undefined
      }
    }
    const nonces = new Store()
    const request = await sign(TIMED, post('x'))
    expect(await refusal(verify(TIMED, request, { nonces }))).toBe(null)
    expect(await refusal(verify(TIMED, request, { nonces }))).toBe('ERR_SIGNATURE_REPLAYED')
    Object.assign(Object.prototype, { allowShortSecret: true, toleranceMs: 1e15 })
    try {
      expect(await refusal(verify(TIMED, request, { now: NOW + 1e9 }))).toBe('ERR_SIGNATURE_TIMESTAMP')
      expect(await rejection(verify(TIMED, request, {}, ['short']))).toBe('ERR_SIGNATURE_SECRET')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'allowShortSecret')
      Reflect.deleteProperty(Object.prototype, 'toleranceMs')
    }
  })

  it('T72 an error of the store is the answer, not an acceptance', async () => {
    const failing: NonceStore = { add: () => Promise.reject(new RangeError('the store is away')) }
    await expect(verify(TIMED, await sign(TIMED, post('x')), { nonces: failing })).rejects.toThrow(RangeError)
  })
})

describe('T73 a comparison that throws or tells by its time', () => {
  it.each([0, 1, 31, 32, 33, 64])('T73 a signature of %i bytes is refused without an exception', async (length) => {
    const hex = 'ab'.repeat(length)
    expect(await refusal(verify(BODY_ONLY, post('x', { 'X-Signature': hex })))).toBe(
      length === 32 ? 'ERR_SIGNATURE_MISMATCH' : 'ERR_SIGNATURE_MALFORMED',
    )
  })
})

describe('T74 lenient decoding', () => {
  const good = macOf('x')
  it.each([
    ['zz behind', `${good}zz`],
    ['a line end behind', `${good}\n`],
    ['a space before', ` ${good}`],
    ['upper case', good.toUpperCase()],
    ['base64', macOf('x', SECRET, 'sha256', 'base64')],
    ['one digit more', `${good}0`],
    ['one digit less', good.slice(0, -1)],
    ['a full stop inside', `${good.slice(0, 10)}.${good.slice(11)}`],
  ])('T74 hex: %s is refused', async (_, text) => {
    expect(await refusal(verify(BODY_ONLY, post('x', { 'X-Signature': text })))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  const base64 = macOf('x', SECRET, 'sha256', 'base64')
  const NEXT = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const spare = base64.replace(/.=$/, (end) => `${NEXT[NEXT.indexOf(end[0] ?? '') + 1]}=`)
  it.each([
    ['the padding missing', base64.slice(0, -1)],
    ['the padding twice', `${base64}=`],
    ['!! inside', `${base64.slice(0, 8)}!!${base64.slice(8)}`],
    ['a line end inside', `${base64.slice(0, 8)}\n${base64.slice(8)}`],
    ['spare bits set', spare],
    ['base64url', macOf('x', SECRET, 'sha256', 'base64url')],
    ['hex', macOf('x')],
  ])('T74 base64: %s is refused', async (_, text) => {
    const form: HmacForm = { ...BODY_ONLY, encoding: 'base64' }
    expect(await refusal(verify(form, post('x', { 'X-Signature': text })))).toBe('ERR_SIGNATURE_MALFORMED')
    expect(Buffer.from(spare, 'base64')).toEqual(Buffer.from(base64, 'base64'))
  })
})

describe('T75 empty, blank or placeholder secrets', () => {
  it.each([
    ['none', []],
    ['an empty one', ['']],
    ['an empty one beside a good one', [SECRET, '']],
    ['undefined', [undefined as never]],
    ['null', [null as never]],
    ['a number', [1234567890 as never]],
    ['a text instead of a list', SECRET as never],
    ['a hole', new Array(1)],
    [
      'a list that throws',
      new Proxy([SECRET], {
        get: () => {
          throw new RangeError()
        },
      }),
    ],
    ['15 bytes', ['***************']],
  ])('T75 %s is refused by the verifier', async (_, secrets) => {
    expect(await rejection(verify(BODY_ONLY, post('x', { 'X-Signature': macOf('x') }), {}, secrets))).toBe(
      'ERR_SIGNATURE_SECRET',
    )
  })

  it('T75 what is no list is told from an empty one', async () => {
    const message = (secrets: unknown) =>
      verify(BODY_ONLY, post('x'), {}, secrets as never).catch((error: Error) => error.message)
    expect(await message(SECRET)).toBe('expected a list of secrets')
    expect(await message([])).toBe('no secret was given')
  })

  it('T75 an empty secret is refused even where short ones are allowed', async () => {
    const forged = post('x', { 'X-Signature': macOf('x', '') })
    expect(await rejection(verify(BODY_ONLY, forged, { allowShortSecret: true }, ['']))).toBe('ERR_SIGNATURE_SECRET')
    expect(await rejection(sign(BODY_ONLY, post('x'), {}, ['']))).toBe('ERR_SIGNATURE_SECRET')
  })

  it('T75 15 bytes pass where short ones are allowed, 16 always', async () => {
    const request = (secret: string) => post('x', { 'X-Signature': macOf('x', secret) })
    const [short, long] = ['a'.repeat(15), 'a'.repeat(16)]
    expect(await refusal(verify(BODY_ONLY, request(short), { allowShortSecret: true }, [short]))).toBe(null)
    expect(await refusal(verify(BODY_ONLY, request(long), {}, [long]))).toBe(null)
  })

  it('T75 the bytes of the key count, not the characters of its text', async () => {
    const form: HmacForm = { ...BODY_ONLY, key: 'hex' }
    const request = post('x', { 'X-Signature': macOf('x', Buffer.alloc(15, 1)) })
    expect(await rejection(verify(form, request, {}, ['01'.repeat(15)]))).toBe('ERR_SIGNATURE_SECRET')
  })
})

describe('T76 ambiguous concatenation', () => {
  const form: HmacForm = {
    payload: '{id}.{timestamp}.{body}',
    headers: { 'X-Id': '{id}', 'X-Timestamp': '{timestamp}', 'X-Signature': '{signature}' },
  }

  it('T76 ("ab", "c") and ("a", "bc") have different signatures', async () => {
    const one = await sign(form, post('c'), { id: 'ab' })
    const other = await sign(form, post('bc'), { id: 'a' })
    expect(one.headers).not.toEqual(other.headers)
    expect(await refusal(verify(form, { ...one, body: 'bc', headers: { ...one.headers, 'X-Id': 'a' } }))).toBe(
      'ERR_SIGNATURE_MISMATCH',
    )
  })

  it('T76 digits do not wander from the body into the timestamp behind it', async () => {
    const behind: HmacForm = { ...TIMED, payload: '{body}{timestamp}' }
    const request = await sign(behind, post('amount=100'))
    expect(await refusal(verify(behind, request))).toBe(null)
    const moved = { ...request, body: 'amount=1', headers: { ...request.headers, 'X-Timestamp': `00${STAMP}` } }
    expect(await refusal(verify(behind, moved))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  it('T76 an id that holds its separator is refused under a signature that covers it, and not signed', async () => {
    const headers = { 'X-Id': 'a.1', 'X-Timestamp': STAMP, 'X-Signature': macOf(`a.1.${STAMP}.x`) }
    expect(await refusal(verify(form, post('x', headers)))).toBe('ERR_SIGNATURE_MALFORMED')
    expect(await rejection(sign(form, post('x'), { id: 'a.1' }))).toBe('ERR_SIGNATURE_INPUT')
    expect(await refusal(verify(form, await sign(form, post('x'), { id: 'a,1' })))).toBe(null)
  })

  const headersOf = (payload: string): HmacForm['headers'] => ({
    ...(payload.includes('{id}') ? { 'X-Id': '{id}' } : {}),
    ...(payload.includes('{keyId}') ? { 'X-Key': '{keyId}' } : {}),
    'X-Timestamp': '{timestamp}',
    'X-Signature': '{signature}',
  })
  it.each([
    ['{id}:{body}', 'a:b'],
    ['v1\n{id}\n{body}', 'a\nb'],
    ['{keyId}.{body}', 'a.b'],
    ['{header:X-Id}.{body}', 'a.b'],
    ['{body}.{id}', 'a.b'],
    ['{body}, {id}', 'a b'],
    ['{id}::{body}', 'a:b'],
    ['{id}.{target}', 'a.b'],
    ['{id}.{timestamp}', 'a.b'],
    ['{id}.{form}', 'a.b'],
    ['{form}.{id}', 'a.b'],
  ])('T76 %j does not take %j for one of its parts', async (payload, value) => {
    const own: HmacForm = { payload, headers: headersOf(payload) }
    const options = { id: value, keyId: value }
    const headers = (id: string) => (payload.includes('{header:') ? { 'X-Id': id } : {})
    const request = { ...post('x'), headers: headers(value) }
    expect(await rejection(sign(own, request, options))).toBe('ERR_SIGNATURE_INPUT')
    const plain = { id: 'a-b', keyId: 'a-b' }
    const signed = await sign(own, { ...post('x'), headers: headers('a-b') }, plain)
    expect(await refusal(verify(own, signed))).toBe(null)
  })

  it('T76 a timestamp ends by its own spelling: digits before no digit, ISO by its offset', async () => {
    const iso: HmacForm = { ...TIMED, timestamp: 'iso' }
    expect(await refusal(verify(iso, await sign(iso, post('x'))))).toBe(null)
    const digit: HmacForm = { ...TIMED, payload: '{timestamp}0{body}' }
    expect(await rejection(sign(digit, post('x')))).toBe('ERR_SIGNATURE_INPUT')
  })

  it.each(Object.entries(signaturePresets))('T76 %s joins nothing that an ordinary id holds', async (_, preset) => {
    const secrets = [preset.form.key === 'base64' ? Buffer.from(SECRET).toString('base64') : SECRET]
    for (const id of ['msg_2b1X', 'evt-17', '0b7e2a52-8f0c-4a2c-9a55-0e5b8a4f2f10']) {
      const signed = await sign(preset.form, post('a=1'), { id, keyId: 'key-1' }, secrets)
      expect(await refusal(verify(preset.form, signed, {}, secrets))).toBe(null)
    }
  })

  it('T76 of all ways to split a payload at its separator, one is signed at most', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '.', '1'), minLength: 3, maxLength: 12 })
    const template = fc.constantFrom('{id}.{body}', '{body}.{id}', '{keyId}.{id}.{body}')
    await checkAsync(
      fc.tuple(text, template),
      async ([payload, own]) => {
        const parts = own.split('.').length
        const signed: unknown[] = []
        for (const pieces of splits(payload, parts)) {
          const [id, body] = own.startsWith('{body}') ? [pieces[1], pieces[0]] : [pieces.at(-2), pieces.at(-1)]
          if (!id || (parts === 3 && !pieces[0])) continue
          const options = { id, keyId: pieces[0] ?? '', now: NOW }
          const request = post(body)
          const rendered = await renderPayload({ payload: own, headers: headersOf(own) }, request, options).catch(
            () => null,
          )
          if (rendered === null) continue
          expect(new TextDecoder().decode(rendered)).toBe(payload)
          signed.push(pieces)
        }
        expect(signed.length).toBeLessThanOrEqual(1)
      },
      0.1,
    )
  })

  /** Every way to cut a text at full stops into this many pieces. */
  function splits(text: string, count: number): readonly (readonly string[])[] {
    if (count === 1) return [[text]]
    return [...text.matchAll(/\./g)].flatMap(({ index }) =>
      splits(text.slice(index + 1), count - 1).map((rest) => [text.slice(0, index), ...rest]),
    )
  }
})

describe('T91 a polluted prototype', () => {
  const polluted = async (evil: object, run: () => Promise<void>): Promise<void> => {
    Object.assign(Object.prototype, evil)
    try {
      await run()
    } finally {
      for (const name of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, name)
    }
  }

  it('T91 gives a message no body, method, URL or headers', async () => {
    const bare = { method: 'POST', url: URL_OF_HOOK, headers: {} }
    await polluted({ body: 'evil', url: 'https://evil.example/', method: 'DELETE', headers: { a: 'b' } }, async () => {
      expect((await sign(BODY_ONLY, bare)).headers).toEqual({ 'X-Signature': macOf('') })
      for (const name of ['method', 'url', 'headers'] as const) {
        const { [name]: _, ...request } = bare
        expect(await rejection(sign(BODY_ONLY, request as never))).toBe('ERR_ARGUMENT_INVALID')
      }
    })
  })

  it('T91 names no key and sets no time', async () => {
    await polluted({ keyId: 'evil', id: 'evil', now: 0 }, async () => {
      const form: HmacForm = { headers: { S: '{keyId}:{signature}' } }
      expect(await rejection(sign(form, post('x')))).toBe('ERR_SIGNATURE_INPUT')
      expect((await sign(TIMED, post('x'))).headers).toMatchObject({ 'X-Timestamp': STAMP })
    })
  })

  it('a message may be an object of a class, as that of node:http is', async () => {
    class Message {
      readonly url = URL_OF_HOOK
      readonly body = 'x'
      get method(): string {
        return 'POST'
      }
      get headers(): Record<string, string> {
        return { 'x-signature': macOf('x') }
      }
    }
    expect(await refusal(verify(BODY_ONLY, new Message()))).toBe(null)
  })
})

describe('T77 many signatures in the header', () => {
  it('T77 16 are read, 17 are refused', async () => {
    const list = (count: number) => {
      const others = Array.from({ length: count - 1 }, () => `v1=${'0'.repeat(64)}`)
      return post('x', { 'X-Signature': [`t=${STAMP}`, ...others, `v1=${macOf(`${STAMP}.x`)}`].join(',') })
    }
    expect(await refusal(verify(LISTED, list(16)))).toBe(null)
    expect(await refusal(verify(LISTED, list(17)))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  it('T77 10,000 signatures are refused in linear steps', async () => {
    const timeOf = async (count: number) => {
      const request = post('x', { 'X-Signature': `t=${STAMP}${`,v1=${'0'.repeat(64)}`.repeat(count)}` })
      const times: number[] = []
      for (let run = 0; run < 5; run += 1) {
        const start = performance.now()
        expect(await refusal(verify(LISTED, request))).toBe('ERR_SIGNATURE_MALFORMED')
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }
    const [some, many] = [await timeOf(10_000), await timeOf(160_000)]
    // Sixteen times the input: quadratic work would take 256 times as long.
    expect(many).toBeLessThan(100 * some + 20)
  })

  it('T77 a long value is read in linear steps, whatever is in it', async () => {
    for (const filler of ['t=1,', 'v1=', ',', 'a', 't=', '=']) {
      const timeOf = async (length: number) => {
        const value = filler.repeat(Math.ceil(length / filler.length))
        const start = performance.now()
        for (const form of [LISTED, TIMED, signaturePresets.retell.form, signaturePresets.rfc9421.form]) {
          const headers = Object.fromEntries(Object.keys(form.headers).map((name) => [name, value]))
          const secrets = form.key === 'base64' ? [Buffer.from(SECRET).toString('base64')] : [SECRET]
          expect(await refusal(verify(form, post('x', headers), {}, secrets))).toBe('ERR_SIGNATURE_MALFORMED')
        }
        return performance.now() - start
      }
      const small = Math.min(await timeOf(50_000), await timeOf(50_000), await timeOf(50_000))
      expect(await timeOf(800_000), filler).toBeLessThan(100 * small + 50)
    }
  })
})

describe('T78 the algorithm chosen by the message', () => {
  const { form } = signaturePresets.github
  it.each([
    ['sha1', `sha1=${macOf('x', SECRET, 'sha1')}`],
    ['sha512', `sha512=${macOf('x', SECRET, 'sha512')}`],
    ['none', 'none='],
    ['sha256 with the signature of sha1', `sha256=${macOf('x', SECRET, 'sha1')}`],
    ['no name', macOf('x')],
  ])('T78 %s under a configuration with sha256 is refused', async (_, value) => {
    expect(await refusal(verify(form, post('x', { 'X-Hub-Signature-256': value })))).toBe('ERR_SIGNATURE_MALFORMED')
  })
})

describe('T79 rotation', () => {
  const [old, next] = [`${SECRET}-old`, `${SECRET}-new`]
  it.each([
    ['old', [old], [old, next], 0],
    ['new', [next], [old, next], 1],
    ['both', [old, next], [old, next], 0],
    ['both, for a receiver with the old one', [old, next], [old], 0],
    ['both, for a receiver with the new one', [old, next], [next], 0],
  ])('T79 signed with %s: accepted', async (_, signing, verifying, secretIndex) => {
    const request = await sign(LISTED, post('x'), {}, signing)
    expect(await verify(LISTED, request, {}, verifying)).toMatchObject({ ok: true, secretIndex })
  })

  it('T79 signed with neither: refused', async () => {
    const request = await sign(LISTED, post('x'), {}, [`${SECRET}-a`, `${SECRET}-b`])
    expect(await refusal(verify(LISTED, request, {}, [old, next]))).toBe('ERR_SIGNATURE_MISMATCH')
  })
})

describe('T80 header lookup', () => {
  const good = macOf('x')
  it.each([
    ['as written', { 'X-Signature': good }],
    ['lower case', { 'x-signature': good }],
    ['upper case', { 'X-SIGNATURE': good }],
    ['one value in an array', { 'X-Signature': [good] }],
    ['Headers', new Headers({ 'X-Signature': good })],
    ['an undefined twin', { 'X-Signature': good, 'x-signature': undefined }],
    ['a null-prototype object', Object.assign(Object.create(null), { 'X-Signature': good })],
  ])('T80 %s: found', async (_, headers) => {
    expect(await refusal(verify(BODY_ONLY, post('x', headers)))).toBe(null)
  })

  it.each([
    ['two values', { 'X-Signature': [good, macOf('y')] }],
    ['one value twice', { 'X-Signature': [good, good] }],
    ['two spellings of the name', { 'X-Signature': good, 'x-signature': macOf('y') }],
    [
      'two values joined by Headers',
      new Headers([
        ['X-Signature', good],
        ['x-signature', macOf('y')],
      ]),
    ],
    ['two values joined by node:http', { 'x-signature': `${good}, ${good}` }],
  ])('T80 %s: refused', async (_, headers) => {
    expect(await refusal(verify(BODY_ONLY, post('x', headers)))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  const listed = (stamp: string, mac = macOf(`${STAMP}.x`)) => `t=${stamp},v1=${mac}`
  it.each([
    ['joined with a space', `${listed(STAMP)}, ${listed('1700000005', macOf('y'))}`],
    ['joined with a space, ours last', `${listed('1700000005', macOf('y'))}, ${listed(STAMP)}`],
    ['joined without a space', `${listed(STAMP)},${listed('1700000005', macOf('y'))}`],
    ['one value twice', `${listed(STAMP)}, ${listed(STAMP)}`],
  ])('T80 two headers that hold lists, %s: refused', async (_, value) => {
    expect(await refusal(verify(LISTED, post('x', { 'x-signature': value })))).toBe('ERR_SIGNATURE_MALFORMED')
    const headers = new Headers()
    for (const each of value.split(', ')) headers.append('X-Signature', each)
    expect(await refusal(verify(LISTED, post('x', headers)))).toBe('ERR_SIGNATURE_MALFORMED')
  })

  it.each([[[['a']]], [[5]], [[null]], [[{}]], 5, null, {}, true])(
    'T80 a header value %j that is no text is refused without a foreign exception',
    async (value) => {
      for (const form of [BODY_ONLY, LISTED, TIMED, { ...BODY_ONLY, separator: ',' }]) {
        const headers = { 'X-Signature': value, 'X-Timestamp': value } as never
        expect(await refusal(verify(form, post('x', headers)))).toMatch(/^ERR_SIGNATURE_(?:MALFORMED|MISSING)$/)
      }
    },
  )
})
