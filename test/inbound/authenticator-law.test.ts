import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySigned } from '../../src/hmac/index.ts'
import { createAuthenticator, type Authenticator } from '../../src/inbound/authenticator.ts'
import { type AuthTokens, fulfil, type HttpRequest, resolve, type ToolDefinition } from '../../src/index.ts'
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
  (name) => token.map((text) => ({ requirement: { cookieApiKey: { name: `c_${name}` } }, token: text.replace(/[^A-Za-z0-9]/g, 'x') })),
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
    )
  })
})
