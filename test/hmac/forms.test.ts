import { describe, expect, it } from 'vitest'
import {
  type HmacForm,
  type SignableRequest,
  type SignOptions,
  signaturePresets,
  verifySignature,
} from '../../src/hmac/index.ts'
import { compileForm } from '../../src/kinds/signature-form.ts'
import { type allParts, parseTemplate, TemplateError } from '../../src/kinds/signature-template.ts'
import { BODY_ONLY, macOf, NOW, post, refusal, rejection, SECRET, sign, verify } from './messages.ts'

/** A template as a text again, to be compared at a glance. */
function shape(template: string): string {
  const { before, unit, after, hasUnit } = parseTemplate(template)
  const text = (parts: ReturnType<typeof allParts>) =>
    parts
      .map((part) => {
        if (part.kind === 'text') return JSON.stringify(part.text)
        const { name, ...rest } = part.placeholder
        return [name, ...Object.values(rest)].join(':')
      })
      .join(' ')
  return hasUnit ? `${text(before)} [${text(unit)}] ${text(after)}`.trim() : text(unit)
}

describe('templates', () => {
  it.each([
    ['', ''],
    ['text', '"text"'],
    ['{body}', 'body'],
    ['{timestamp}.{body}', 'timestamp "." body'],
    ['t={timestamp},[v1={signature}]', '"t=" timestamp "," ["v1=" signature]'],
    ['[{signature}]', '[signature]'],
    ['a[{signature}]b', '"a" [signature] "b"'],
    ['{{body}}', '"{body}"'],
    ['{{{body}}}', '"{" body "}"'],
    ['[[x]]', '"[x]"'],
    ['[[[{signature}]', '"[" [signature]'],
    ['[a]]{signature}]', '["a]" signature]'],
    ['a{{b}}c[[d]]e', '"a{b}c[d]e"'],
    ['{header:X-Date}', 'header:X-Date'],
    ['{header:x:y}', 'header:x:y'],
    ['{body:sha256}', 'bodyDigest:hex'],
    ['{body:sha256:base64}', 'bodyDigest:base64'],
    [
      '{method}{url}{origin}{host}{path}{query}{target}{form}{id}{keyId}',
      'method url origin host path query target form id keyId',
    ],
    ['é\n\t"\\', '"é\\n\\t\\"\\\\"'],
  ])('%j is read as %s', (template, expected) => {
    expect(shape(template)).toBe(expected)
  })

  it.each([
    ['{', 'stands alone'],
    ['}', 'stands alone'],
    [']', 'stands alone'],
    ['a]b', 'stands alone'],
    ['{body', 'stands alone'],
    ['body}', 'stands alone'],
    ['{body}}', 'stands alone'],
    ['{{body}', 'stands alone'],
    ['{bo{dy}', 'stands alone'],
    ['{a[b]}', 'stands alone'],
    ['[a][b]', 'stands alone'],
    ['[a[b]]', 'stands alone'],
    ['[', 'a `[` has no `]`'],
    ['[{signature}', 'a `[` has no `]`'],
    ['{}', 'unknown placeholder `{}`'],
    ['{Body}', 'unknown placeholder `{Body}`'],
    ['{ body }', 'unknown placeholder `{ body }`'],
    ['{body:sha1}', 'unknown placeholder `{body:sha1}`'],
    ['{body:sha256:hex}', 'unknown placeholder `{body:sha256:hex}`'],
    ['{header}', 'unknown placeholder `{header}`'],
    ['{header:}', 'unknown placeholder `{header:}`'],
    ['{toString}', 'unknown placeholder `{toString}`'],
    ['{__proto__}', 'unknown placeholder `{__proto__}`'],
  ])('%j is refused: %s', (template, message) => {
    let thrown: unknown
    try {
      parseTemplate(template)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(TemplateError)
    expect((thrown as TemplateError).message).toContain(message)
  })
})

describe('forms', () => {
  const SIGNED = { 'X-Signature': '{signature}' }
  it.each<readonly [string, unknown, readonly string[]]>([
    ['the smallest', { headers: SIGNED }, []],
    ['the signature in the query', { headers: {}, query: { sig: '{signature}' } }, []],
    ['a unit', { headers: { S: 't={timestamp},[v1={signature}]' }, separator: ',' }, []],
    ['a unit without a separator', { headers: { S: '[v1={signature}]' } }, []],
    ['no signature', { headers: {} }, ['']],
    ['no signature, but a header', { headers: { S: 'x' } }, ['']],
    ['two signatures', { headers: { S: '{signature} {signature}' } }, ['/headers/S']],
    ['two signed headers', { headers: { S: '{signature}', T: '{signature}' } }, ['']],
    ['a signed header and parameter', { headers: SIGNED, query: { s: '{signature}' } }, ['']],
    ['the signature in the payload', { headers: SIGNED, payload: '{signature}' }, ['/payload']],
    ['a unit in the payload', { headers: SIGNED, payload: '[{body}]' }, ['/payload']],
    ['a payload that cannot be read', { headers: SIGNED, payload: '{bdoy}' }, ['/payload']],
    ['a unit without the signature', { headers: { S: '[a]{signature}' } }, ['/headers/S']],
    ['a unit in another header', { headers: { ...SIGNED, T: '[{timestamp}]' } }, ['/headers/T']],
    ['the body in a header', { headers: { ...SIGNED, B: '{body}' } }, ['/headers/B']],
    ['the body in a parameter', { headers: SIGNED, query: { b: '{body}' } }, ['/query/b']],
    ['a header name that is none', { headers: { 'a b': '{signature}' } }, ['/headers/a b']],
    ['a name that a pointer escapes', { headers: { ...SIGNED, 'a/~b': '{' } }, ['/headers/a~1~0b', '/headers/a~1~0b']],
    ['an empty separator', { headers: SIGNED, separator: '' }, ['/separator']],
    [
      'several mistakes',
      { headers: { S: '{', T: '}' }, payload: '{', separator: '' },
      ['/payload', '/headers/S', '/headers/T', '/separator'],
    ],
  ])('%s', (_, form, pointers) => {
    const result = compileForm(form as HmacForm)
    expect(result.issues.map(({ pointer }) => pointer)).toEqual(pointers)
    expect(result.form === null).toBe(pointers.length > 0)
    for (const { code } of result.issues) expect(code).toMatch(/^ERR_(?:SIGNATURE_FORM|HEADER_NAME)$/)
  })

  it('a form that is not usable is refused on both sides, with its issues', async () => {
    const form: HmacForm = { headers: { S: '{signatur}' } }
    expect(await rejection(sign(form, post('x')))).toBe('ERR_SIGNATURE_FORM')
    await expect(verifySignature(form, [SECRET], post('x'))).rejects.toMatchObject({
      code: 'ERR_SIGNATURE_FORM',
      phase: 'definition',
      message: 'unknown placeholder `{signatur}` at `/headers/S`',
      issues: [{ pointer: '/headers/S' }],
    })
  })

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['a text', 'sha256'],
    ['a list', []],
    ['no headers', {}],
    ['headers that are null', { headers: null }],
    ['a template that is no text', { headers: { S: 5 } }],
    ['a template that is null', { headers: { S: null } }],
    ['a payload that is no text', { ...BODY_ONLY, payload: 5 }],
    ['query that is a text', { ...BODY_ONLY, query: 'a' }],
    ['a separator that is no text', { ...BODY_ONLY, separator: 5 }],
    ['a prefix that is no text', { ...BODY_ONLY, keyPrefix: 5 }],
    ['an unknown algorithm', { ...BODY_ONLY, algorithm: 'md5' }],
    ['an inherited algorithm', { ...BODY_ONLY, algorithm: 'constructor' }],
    ['an unknown encoding', { ...BODY_ONLY, encoding: 'HEX' }],
    ['an unknown key', { ...BODY_ONLY, key: 'Base64' }],
    ['an unknown unit', { ...BODY_ONLY, timestamp: 'seconds' }],
    ['a field that is misspelt', { ...BODY_ONLY, seperator: ',' }],
  ])('%s is an error of ours, not a signature of another kind', async (_, form) => {
    expect(await rejection(sign(form as HmacForm, post('x')))).toBe('ERR_SIGNATURE_FORM')
    expect(await rejection(verify(form as HmacForm, post('x', { 'X-Signature': macOf('x') })))).toBe(
      'ERR_SIGNATURE_FORM',
    )
  })

  it.each<readonly [string, HmacForm]>([
    ['the separator inside the unit', { headers: { S: 't={timestamp},v1={signature}' }, separator: ',' }],
    ['the separator among hex digits', { headers: { S: '{signature}' }, separator: 'a' }],
    ['the separator among base64', { headers: { S: '{signature}' }, encoding: 'base64', separator: '/' }],
    ['a placeholder behind the unit', { headers: { S: '[v1={signature}],t={timestamp}' }, separator: ',' }],
    ['two placeholders side by side', { headers: { S: '{timestamp}{signature}' } }],
    ['two placeholders side by side, unsigned', { headers: { S: '{signature}', T: '{timestamp}{id}' } }],
    ['an offset before the character behind it', { headers: { S: '{timestamp}:{signature}' }, timestamp: 'iso' }],
    ['a digit behind digits', { headers: { S: '{timestamp}0{signature}' } }],
    ['a digit behind milliseconds', { headers: { S: '{timestamp}0{signature}' }, timestamp: 'ms' }],
    ['a hex digit behind the signature', { headers: { S: '<{signature}end>' } }],
    ['an equals sign behind base64', { headers: { S: '{signature}=end' }, encoding: 'base64' }],
    ['an underscore behind base64url', { headers: { S: '{signature}_' }, encoding: 'base64url' }],
    ['a hex digit behind a digest', { headers: { S: '{body:sha256}a{signature}' } }],
    ['a slash behind a digest in base64', { headers: { S: '{signature}', D: '{body:sha256:base64}/x' } }],
    ['a hex digit behind one of several', { headers: { S: '[{signature}a=b]' }, separator: ';' }],
    ['a placeholder before the unit', { headers: { S: 't={timestamp}[;v1={signature}]' }, separator: '|' }],
    ['one header in two spellings', { headers: { 'X-S': '{signature}', 'x-s': '{timestamp}' } }],
  ])('%s cannot be read back, so it is refused', async (_, form) => {
    expect(await rejection(sign(form, post('x')))).toBe('ERR_SIGNATURE_FORM')
  })

  it.each<readonly [string, HmacForm]>([
    ['another character behind an offset', { headers: { S: '{timestamp};{signature}' }, timestamp: 'iso' }],
    ['a letter beyond hex behind the signature', { headers: { S: '<{signature}zend>' } }],
    ['a hex digit behind the unit', { headers: { S: '<[{signature}]end>' }, separator: ',' }],
    ['a tab inside a header', { headers: { S: 'a\t{signature}' } }],
  ])('%s is read back, so it is taken', async (_, form) => {
    expect(await refusal(verify(form, await sign(form, post('x'))))).toBe(null)
  })

  it.each([
    '{keyId}{id}.{body}',
    '{id}{body}',
    '{body}{id}',
    '{header:X-Other}{body}',
    '{method}{keyId}',
    '{id}{form}',
    '{url}{header:X-Other}',
  ])('T76 %s is refused: characters could wander from one part to the other', (payload) => {
    expect(compileForm({ ...BODY_ONLY, payload }).issues).toMatchObject([
      { code: 'ERR_SIGNATURE_FORM', pointer: '/payload' },
    ])
  })

  it.each(['{id}{timestamp}.{body}', '{timestamp}{id}', '{body}{timestamp}', '{method}{url}{body}', '{id}.{body}'])(
    'T76 %s is taken',
    (payload) => {
      expect(compileForm({ ...BODY_ONLY, payload }).issues).toEqual([])
    },
  )

  it.each<readonly [string, HmacForm, string]>([
    ['an empty name', { ...BODY_ONLY, query: { '': 'x' } }, '/query/'],
    ['a line break in a name', { ...BODY_ONLY, query: { 'a\nb': 'x' } }, '/query/a\nb'],
    ['a brace in a name', { ...BODY_ONLY, query: { 'a{b': 'x' } }, '/query/a{b'],
    ['a line break in a header', { headers: { S: 'a\r\nb{signature}' } }, '/headers/S'],
    ['a blank before a header', { headers: { S: ' {signature}' } }, '/headers/S'],
    ['a blank behind a header', { headers: { S: '{signature} ' } }, '/headers/S'],
    ['a letter beyond ASCII in a header', { headers: { S: 'é{signature}' } }, '/headers/S'],
    ['a header of nothing', { headers: { S: '{signature}', T: '' } }, '/headers/T'],
  ])('DEF-2 %s is refused', (_, form, pointer) => {
    expect(compileForm(form).issues).toMatchObject([{ code: 'ERR_SIGNATURE_FORM', pointer }])
  })

  it('T91 nothing but its own properties says how a form signs', async () => {
    const forms = [BODY_ONLY, Object.freeze({ headers: Object.freeze({ 'X-Signature': '{signature}' }) })]
    const evil = { payload: '{method}', algorithm: 'sha1', encoding: 'base64', keyPrefix: 'a', query: { a: 'b' } }
    Object.assign(Object.prototype, evil)
    try {
      for (const form of forms) {
        const { headers, url } = await sign(form, post('x'))
        expect([{ ...headers }, url]).toEqual([{ 'X-Signature': macOf('x') }, post('x').url])
      }
    } finally {
      for (const name of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, name)
    }
  })

  it('a form that throws, or is ill-formed Unicode, is an error of ours', async () => {
    const fail = (): never => {
      throw new RangeError('foreign')
    }
    // Reads well once, and throws when it is asked whether it is frozen.
    const late = new Proxy({ headers: { S: '{signature}' } }, { isExtensible: fail })
    const forms = [
      {
        get headers(): never {
          return fail()
        },
      },
      {
        ...BODY_ONLY,
        get payload(): never {
          return fail()
        },
      },
      late,
      { ...BODY_ONLY, query: { '\ud800': '{id}' } },
      { ...BODY_ONLY, payload: '\ud800' },
    ]
    for (const form of forms) expect(await rejection(sign(form, post('x')))).toBe('ERR_SIGNATURE_FORM')
  })

  it('a getter of a form is read once', () => {
    let reads = 0
    const form = {
      headers: { S: '{signature}' },
      get payload(): string {
        reads += 1
        return reads === 1 ? '{method}' : '{signature}'
      },
    }
    expect(compileForm(form).issues).toEqual([])
    expect(reads).toBe(1)
  })

  it('a frozen form is read once, another one each time', () => {
    const frozen = Object.freeze({ headers: Object.freeze({ S: '{signature}' }), query: Object.freeze({ q: 'x' }) })
    expect(compileForm(frozen)).toBe(compileForm(frozen))
    const half = Object.freeze({ headers: { S: '{signature}' } })
    expect(compileForm(half)).not.toBe(compileForm(half))
    const open = { headers: { S: '{signature}' } as Record<string, string> }
    expect(compileForm(open).form?.signature.name).toBe('S')
    open.headers = { T: '{signature}' }
    expect(compileForm(open).form?.signature.name).toBe('T')
  })
})

describe('presets', () => {
  const entries = Object.entries(signaturePresets)
  it.each(entries)('%s: its form is usable, and what it signs is accepted', async (name, { form, title }) => {
    expect(compileForm(form).issues).toEqual([])
    expect(title).not.toBe('')
    const secret = form.key === 'base64' ? Buffer.from(SECRET).toString('base64') : SECRET
    const body = name === 'twilio' ? 'b=2&a=1' : '{"a": 1.0}'
    const request = await sign(form, post(body), { id: 'msg_1', keyId: 'key-1' }, [secret])
    const isTimed = (form.payload ?? '').includes('{timestamp}')
    expect(await verify(form, request, {}, [secret])).toMatchObject({ ok: true, timestamp: isTimed ? NOW : null })
    const changed = { ...request, body: body.replace('1', '2') }
    expect(await refusal(verify(form, changed, {}, [secret]))).toMatch(/^ERR_SIGNATURE_M(?:ISMATCH|ALFORMED)$/)
  })

  it('are plain data', () => {
    expect(JSON.parse(JSON.stringify(signaturePresets))).toEqual(signaturePresets)
  })

  it.each<readonly [string, HmacForm, string, SignableRequest, Record<string, string>, SignOptions]>([
    [
      'GitHub, "Validating webhook deliveries"',
      signaturePresets.github.form,
      "It's a Secret to Everybody",
      post('Hello, World!'),
      { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
      {},
    ],
    [
      'Slack, "Verifying requests from Slack"',
      signaturePresets.slack.form,
      '8f742231b10e8888abcd99yyyzzz85a5',
      post(
        'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
          '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
          '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121' +
          '.803a0bc887a14d10d2c447fce8b6703c',
      ),
      {
        'X-Slack-Request-Timestamp': '1531420618',
        'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      },
      { now: 1_531_420_618_000 },
    ],
    [
      'Standard Webhooks, specification',
      signaturePresets.standardWebhooks.form,
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      post('{"test": 2432232314}'),
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      { now: 1_614_265_330_000, id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' },
    ],
    [
      'Twilio, "Webhooks security"',
      signaturePresets.twilio.form,
      '12345',
      post(
        'CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212',
        {},
        'https://mycompany.com/myapp.php?foo=1&bar=2',
      ),
      { 'X-Twilio-Signature': '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' },
      {},
    ],
  ])('give what the sender publishes: %s', async (_, form, secret, request, headers, options) => {
    expect((await sign(form, request, options, [secret])).headers).toEqual(headers)
    const { now = NOW } = options
    expect(await refusal(verify(form, { ...request, headers }, { now, allowShortSecret: true }, [secret]))).toBe(null)
  })
})
