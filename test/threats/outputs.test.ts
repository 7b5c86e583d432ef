import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { apply, explain, fulfil, lintDefinition, resolve, resolveOrThrow, Secret, toIssues } from '../../src/index.ts'
import { encodingsOf, leaksOf, printedForms, thrownBy } from '../properties/leaks.ts'
import { auth, header, option, query, REQUEST, tool, toolAt } from './tools.ts'

const CANARY = 'Zqp%+/é"canary'
const PLAIN = 'ZqCanary-0123456789'
const kinds = option({ h: header('X-Key'), q: query('q'), a: auth('Bearer') })

describe('F. secrets in outputs', () => {
  it('T50 no error carries the request or a secret: canaries in every position', () => {
    const resolution = resolve(tool([kinds]), { h: PLAIN, q: CANARY, a: PLAIN })
    const headers = { 'X-Key': CANARY, Authorization: CANARY, Cookie: CANARY, Host: CANARY }
    const errors = [
      thrownBy(() => apply({ ...REQUEST, method: 'TRACE', headers, body: CANARY }, resolution)),
      thrownBy(() => apply({ ...REQUEST, headers }, resolution)),
      thrownBy(() => apply({ ...REQUEST, url: `https://u:${CANARY}@api.example.com/v1` }, resolution)),
      thrownBy(() => apply({ ...REQUEST, url: `https://api.example.com/x/${encodeURIComponent(CANARY)}` }, resolution)),
      thrownBy(() => apply({ ...REQUEST, url: `https://evil.example/?q=${encodeURIComponent(CANARY)}` }, resolution)),
      thrownBy(() => apply({ ...REQUEST, url: `${REQUEST.url}?q=${encodeURIComponent(CANARY)}x` }, resolution)),
      thrownBy(() => apply(REQUEST, resolve(tool([kinds]), { h: CANARY }))),
      thrownBy(() => resolveOrThrow(tool([kinds]), { h: CANARY, q: PLAIN, a: `Bearer ${CANARY}` })),
    ]
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'SecurityError', code: expect.stringMatching(/^ERR_/) as unknown })
      expect(error).not.toHaveProperty('cause')
      for (const secret of [CANARY, PLAIN]) expect(leaksOf(error, secret)).toEqual([])
    }
  })

  it('T50 what a getter or proxy throws is dropped, whatever it says', () => {
    const bomb = {
      get k(): never {
        throw new Error(CANARY)
      },
    }
    const thrower = new Proxy({}, { get: () => thrownFor(CANARY), ownKeys: () => thrownFor(CANARY) })
    const definition = tool([option({ k: header('X-Key') })])
    const results = [
      resolve(definition, bomb),
      resolve(definition, thrower),
      resolve(definition, { k: thrower } as never),
      lintDefinition(bomb),
      lintDefinition({ requirements: thrower }),
      thrownBy(() => resolve(thrower, {})),
      thrownBy(() => resolve(definition, {}, thrower)),
      thrownBy(() => apply(thrower as never, resolve(definition, { k: PLAIN }))),
      thrownBy(() => apply({ ...REQUEST, headers: thrower as never }, resolve(definition, { k: PLAIN }))),
    ]
    for (const result of results) expect(leaksOf(result, CANARY)).toEqual([])
  })

  it('T50 a credential that throws while it is revealed leaves nothing in the error of fulfil', () => {
    const resolution = resolve(tool([option({ k: header('X-Key') })]), { k: { credentialId: 'c' } }, { tenant: 't' })
    if (!resolution.ok || resolution.needs[0] === undefined) throw new Error('expected a need')
    const [need] = resolution.needs
    const broken = Object.assign(new Secret('x'), { reveal: () => thrownFor(CANARY) })
    expect(
      leaksOf(
        thrownBy(() => fulfil(resolution, need, broken)),
        CANARY,
      ),
    ).toEqual([])
  })

  it('T51 a secret shows as [secret] however it is printed', () => {
    const secret = new Secret(CANARY)
    expect([String(secret), `${secret}`, `a${secret as never}`, JSON.stringify({ secret }), inspect(secret)]).toEqual([
      '[secret]',
      '[secret]',
      'a[secret]',
      '{"secret":"[secret]"}',
      '[secret]',
    ])
    expect(leaksOf(secret, CANARY)).toEqual([])
    expect(
      leaksOf(inspect({ deep: { secret } }, { showHidden: true, getters: true, customInspect: false }), CANARY),
    ).toEqual([])
    expect(leaksOf(inspect(structuredClone(secret)), CANARY)).toEqual([])
    expect([Object.keys(secret), Object.getOwnPropertyNames(secret), Reflect.ownKeys(secret)]).toEqual([[], [], []])
    expect(Object.entries({ ...secret })).toEqual([])
    expect(secret.reveal()).toBe(CANARY)
  })

  it('T51 a resolution can be logged as a whole', () => {
    const resolution = resolve(tool([kinds]), { h: PLAIN, q: CANARY, a: PLAIN, unused: `{{${CANARY}` })
    const printed = printedForms([
      resolution,
      { ...resolution },
      structuredClone(JSON.parse(JSON.stringify(resolution))),
    ])
    expect(printed).toContain('[secret]')
    for (const secret of [CANARY, PLAIN]) expect(leaksOf(printed, secret)).toEqual([])
  })

  it('T52 the search itself finds each encoding, at each offset of base64', () => {
    const encodings = encodingsOf(CANARY)
    expect(encodings.length).toBeGreaterThanOrEqual(10)
    const haystacks = [
      CANARY,
      encodeURIComponent(CANARY),
      new URLSearchParams({ k: CANARY }).toString(),
      ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${CANARY}!`).toString('base64')),
      ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${CANARY}!`).toString('base64url')),
      Buffer.from(CANARY).toString('hex'),
      JSON.stringify(CANARY),
      Buffer.from(CANARY, 'utf16le').toString('hex'),
    ]
    for (const haystack of haystacks) expect(leaksOf(`x${haystack}x`, CANARY).length).toBeGreaterThan(0)
  })

  it.each([CANARY, 'Zq p%+/é"\\<&>', "Zq'(a)*~!"])(
    'T52 no encoded form of a token slips into a report: %s',
    (token) => {
      const definition = tool([option({ q: query('q'), missing: header('X-M') }), option({ h: header('X-Key') })])
      const resolution = resolve(definition, { q: token, unused: token })
      expect(leaksOf([resolution, toIssues(resolution), resolution.notices], token)).toEqual([])
      const applied = apply(REQUEST, resolve(tool([option({ q: query('q') })]), { q: token }))
      expect(
        leaksOf(
          thrownBy(() =>
            apply({ ...applied, url: `${applied.url}x` }, resolve(tool([option({ q: query('q') })]), { q: token })),
          ),
          token,
        ),
      ).toEqual([])
    },
  )

  it('T53 messages name the host only, and a key in the query is warned about', () => {
    const resolution = resolve(tool([option({ q: query('q') })]), { q: PLAIN })
    const url = `https://evil.example:8443/secret-path?q=${PLAIN}#${PLAIN}`
    const error = thrownBy(() => apply({ ...REQUEST, url }, resolution)) as Error
    expect(error.message).toContain('https://evil.example:8443')
    expect(error.message).not.toContain('secret-path')
    expect(leaksOf(error, PLAIN)).toEqual([])
    expect(lintDefinition(tool([option({ q: query('q') })])).map(({ code }) => code)).toEqual(['WARN_KEY_IN_QUERY'])
    expect(lintDefinition(tool([option({ q: header('X-Key') })]))).toEqual([])
  })

  it('T54 explanations and notices are equal for tokens of different lengths', () => {
    const definition = tool([kinds, option({ other: header('X-O') }), {}])
    const [short, long] = ['aZ9', 'b'.repeat(5_000)].map((value) => {
      const tokens = { h: value, a: value, unused: value }
      const resolution = resolve(definition, tokens)
      return [printedForms(resolution), printedForms(toIssues(resolution)), explain(definition, Object.keys(tokens))]
    })
    expect(short).toEqual(long)
    const full = ['aZ9', 'b'.repeat(5_000)].map((value) =>
      printedForms(resolve(definition, { h: value, q: value, a: value })),
    )
    expect(full[0]).toBe(full[1])
  })

  it('T55 a diagnosis of an unusable token quotes none of it', () => {
    const bodies = ['XyZw!Q7@kk', 'a.b,c;d:e|f', '0x1F600_qqjjzz']
    const spoil = [
      (body: string) => `${body}\n`,
      (body: string) => `${body}\ud800`,
      (body: string) => `Bearer ${body}`,
      (body: string) => body.repeat(3_000),
      (body: string) => `${body}é`,
    ]
    for (const body of bodies) {
      for (const make of spoil) {
        const error = thrownBy(() => resolveOrThrow(tool([option({ k: auth('Bearer') })]), { k: make(body) })) as Error
        for (let start = 0; start + 4 <= body.length; start += 1) {
          expect(error.message).not.toContain(body.slice(start, start + 4))
        }
      }
    }
  })

  it('T55 nor does the diagnosis of a broken definition quote a value', () => {
    const definitions = [
      toolAt(`https://user:${PLAIN}@api.example.com`),
      tool([option({ k: { headerApiKey: { name: `${PLAIN}\r\n` } } })]),
      tool([option({ k: auth(`Bearer ${PLAIN}`) })]),
      { timeout: PLAIN, description: 5, staticParameters: [{ name: 'a', location: PLAIN, value: PLAIN }] },
    ]
    for (const definition of definitions) {
      const issues = lintDefinition(definition)
      expect(issues.length).toBeGreaterThan(0)
      expect(leaksOf(issues, PLAIN)).toEqual([])
    }
  })
})

function thrownFor(message: string): never {
  throw new Error(message)
}
