import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySigned } from '../../src/hmac/index.ts'
import { type Authenticator, createAuthenticator } from '../../src/inbound/authenticator.ts'
import {
  type AuthTokens,
  fulfil,
  type HttpRequest,
  resolve,
  type SecurityOption,
  type ToolDefinition,
} from '../../src/index.ts'
import { checkAsync } from '../call/check-async.ts'
import { usableToken } from '../properties/arbitraries.ts'

const NOW = 1_800_000_000_000
const ORIGIN = 'https://tools.example.com'

/** One requirement with the credential of one caller, whatever the kind. */
interface Member {
  readonly requirement: object
  readonly token: unknown
}

const token = usableToken.map((text) => `${text}0123456789abcdef`)

const members: readonly ((name: string) => fc.Arbitrary<Member>)[] = [
  (name) => token.map((text) => ({ requirement: { queryApiKey: { name: `q_${name}` } }, token: text })),
  (name) => token.map((text) => ({ requirement: { headerApiKey: { name: `X-H-${name}` } }, token: text })),
  (name) =>
    token.map((text) => ({ requirement: { headerApiKey: { name: `X-P-${name}`, prefix: 'Key ' } }, token: text })),
  (name) =>
    token.map((text) => ({
      requirement: { cookieApiKey: { name: `c_${name}` } },
      token: text.replace(/[^A-Za-z0-9]/g, 'x'),
    })),
]

const authorization: readonly fc.Arbitrary<Member>[] = [
  token.map((text) => ({ requirement: { httpAuth: { scheme: 'Bearer' } }, token: text })),
  fc.tuple(token, token).map(([username, password]) => ({
    requirement: { httpAuth: { scheme: 'Basic' } },
    token: { username, password },
  })),
  token.map((clientSecret) => ({
    requirement: { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } },
    token: { clientId: 'me', clientSecret },
  })),
]

const signature: fc.Arbitrary<Member> = token.map((secret) => ({
  requirement: {
    hmacSignature: {
      payload: '{timestamp}.{method}.{url}.{body}',
      headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' },
    },
  },
  token: secret,
}))

const option = fc
  .record({
    keys: fc.tuple(...members.map((make, index) => fc.option(make(String(index))))),
    authorization: fc.option(fc.oneof(...authorization)),
    signature: fc.option(signature),
  })
  .map(({ keys, authorization: auth, signature: sign }) =>
    [...keys, auth, sign].filter((member): member is Member => member !== null),
  )
  .filter((list) => list.length > 0)

interface Case {
  readonly definition: ToolDefinition
  readonly tokens: AuthTokens
  readonly body: Uint8Array
}

const sample: fc.Arbitrary<Case> = fc
  .tuple(fc.array(option, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 40 }))
  .map(([options, anonymous, body]) => {
    const entries = options.map((list, at) => list.map((member, index) => [`r${at}_${index}`, member] as const))
    const declared = entries.map((list) => ({
      requirements: Object.fromEntries(list.map(([name, { requirement }]) => [name, requirement])),
    }))
    return {
      definition: {
        http: { baseUrlPattern: `${ORIGIN}/hook`, httpMethod: 'POST' },
        requirements: { httpSecurityOptions: { options: [...declared, ...(anonymous ? [{}] : [])] } },
      } as ToolDefinition,
      tokens: Object.fromEntries(entries.flat().map(([name, member]) => [name, member.token])) as AuthTokens,
      body,
    }
  })

const ACCESS_TOKEN = 'access-token-0123456789'

/** Keeps the tokens of one option only, so that each option is chosen in some case. */
function keepOption(tokens: AuthTokens, index: number): AuthTokens {
  return Object.fromEntries(Object.entries(tokens).filter(([name]) => name.startsWith(`r${index}_`)))
}

async function outgoing({ definition, body }: Case, tokens: AuthTokens): Promise<HttpRequest> {
  let resolution = resolve(definition, tokens, { tenant: 't' })
  for (const need of resolution.ok ? resolution.needs : []) {
    if (need.kind === 'accessToken') resolution = fulfil(resolution, need, ACCESS_TOKEN)
  }
  const request = { method: 'POST', url: `${ORIGIN}/hook?a=1`, headers: { 'content-type': 'text/plain' }, body }
  return applySigned(request, resolution, { now: NOW })
}

function authenticatorOf({ definition }: Case, tokens: AuthTokens): Authenticator {
  return createAuthenticator(definition, {
    credentials: [
      { principal: 'nobody', authTokens: {} },
      { principal: 'platform', authTokens: tokens },
    ],
    verifyAccessToken: (text) => (text === ACCESS_TOKEN ? 'holder' : null),
    now: () => NOW,
  })
}

function toRequest({ method, url, headers, body }: HttpRequest): Request {
  return new Request(url, { method, headers, body: (body ?? null) as never })
}

/** A place of a request in which one character can be another. */
interface Place {
  readonly text: string
  readonly write: (text: string) => HttpRequest
}

/** Where a credential, a signature, a signed timestamp or the body stand; all of them count. */
function placesOf(request: HttpRequest, isSigned: boolean): readonly Place[] {
  const { url, headers, body } = request
  const names = Object.keys(headers).filter((name) => name.toLowerCase() !== 'content-type')
  const inHeaders = names.map((name) => {
    // A cookie of another name would be none of the definition's, as if nothing had been presented.
    const [, start = '', text = ''] = /^((?:c_\d=)?)(.*)$/s.exec(headers[name] ?? '') ?? []
    return {
      text,
      write: (changed: string): HttpRequest => ({ ...request, headers: { ...headers, [name]: start + changed } }),
    }
  })
  const [base = '', query = ''] = url.split('?')
  const pairs = query.split('&')
  const inQuery = pairs.flatMap((pair, index) => {
    const [name = '', value = ''] = pair.split('=')
    const text = decodeURIComponent(value)
    const write = (changed: string): HttpRequest => {
      const others = pairs.with(index, `${name}=${encodeURIComponent(changed)}`)
      return { ...request, url: `${base}?${others.join('&')}` }
    }
    return isSigned || name.startsWith('q_') ? [{ text, write }] : []
  })
  const bytes = Buffer.from((body ?? new Uint8Array()) as Uint8Array)
  const inBody = {
    text: bytes.toString('latin1'),
    write: (text: string): HttpRequest => ({ ...request, body: Buffer.from(text, 'latin1') }),
  }
  return [...inHeaders, ...inQuery, ...(isSigned ? [inBody] : [])].filter(({ text }) => text !== '')
}

function isAccessToken(member: object): boolean {
  return Object.hasOwn(member, 'oauth2ClientCredentials')
}

function asksForNothingElse({ requirements = {} }: SecurityOption): boolean {
  const members = Object.values(requirements)
  return members.length > 0 && members.every(isAccessToken)
}

/** Auth-schemes compare without case, and a header's value has no space at its ends. */
function isSame(one: string, other: string): boolean {
  const plain = (text: string): string =>
    text.trim().replace(/^(?:bearer|basic) +/i, (scheme) => `${scheme.trim().toLowerCase()} `)
  return plain(one) === plain(other)
}

describe('the law of the receiving side', () => {
  it('what resolve and apply made is accepted by the authenticator of the same definition with the same secrets', async () => {
    await checkAsync(
      fc.asyncProperty(sample, fc.nat(), async (one, pick) => {
        const options = one.definition.requirements?.httpSecurityOptions?.options ?? []
        const index = pick % options.filter(({ requirements }) => requirements !== undefined).length
        const tokens = keepOption(one.tokens, index)
        const answer = await authenticatorOf(one, one.tokens).authenticate(toRequest(await outgoing(one, tokens)))
        expect(answer).toMatchObject({ ok: true, outcome: 'authenticated', optionIndex: index })
        if (answer.ok) expect(['platform', 'holder']).toContain(answer.principal)
      }),
      0.5,
    )
  })

  it('with any one byte of the credential, signature, signed timestamp or body changed it is not', async () => {
    await checkAsync(
      fc.asyncProperty(
        sample,
        fc.nat(),
        fc.record({ place: fc.nat(), at: fc.nat(), bit: fc.integer({ min: 0, max: 6 }) }),
        async (one, pick, change) => {
          const options = one.definition.requirements?.httpSecurityOptions?.options ?? []
          const index = pick % options.filter(({ requirements }) => requirements !== undefined).length
          const request = await outgoing(one, keepOption(one.tokens, index))
          const members = Object.values(options[index]?.requirements ?? {})
          // Any access token is good for any option: one that asks for nothing else would be proven all the same.
          fc.pre(
            !members.some(isAccessToken) || !options.some((other, at) => at !== index && asksForNothingElse(other)),
          )
          const isSigned = members.some((member) => Object.hasOwn(member, 'hmacSignature'))
          const places = placesOf(request, isSigned)
          const { text, write } = places[change.place % places.length] as Place
          const at = change.at % text.length
          const changed =
            text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << change.bit)) + text.slice(at + 1)
          const isBody = text === Buffer.from((request.body ?? []) as Uint8Array).toString('latin1')
          // What no header can carry never arrives; what a server reads as the same is the same.
          fc.pre(isBody || (/^[\x20-\x7e]*$/.test(changed) && !isSame(text, changed)))
          const answer = await authenticatorOf(one, one.tokens).authenticate(toRequest(write(changed)))
          expect(answer).toMatchObject({ ok: false })
          expect([400, 401]).toContain(answer.ok ? 200 : answer.status)
        },
      ),
      0.5,
    )
  })

  it('with a secret of somebody else, or with one that was taken away, it is not', async () => {
    await checkAsync(
      fc.asyncProperty(sample, fc.nat(), async (one, pick) => {
        const options = one.definition.requirements?.httpSecurityOptions?.options ?? []
        const index = pick % options.filter(({ requirements }) => requirements !== undefined).length
        const others = JSON.parse(JSON.stringify(one.tokens), (_, value) =>
          typeof value === 'string' ? `${value}z` : value,
        )
        const authenticator = createAuthenticator(one.definition, {
          credentials: [{ principal: 'other', authTokens: others }],
          verifyAccessToken: () => null,
          now: () => NOW,
        })
        const answer = await authenticator.authenticate(toRequest(await outgoing(one, keepOption(one.tokens, index))))
        expect(answer).toMatchObject({ ok: false, status: 401, code: 'ERR_CREDENTIALS_INVALID' })
      }),
      0.2,
    )
  })
})
