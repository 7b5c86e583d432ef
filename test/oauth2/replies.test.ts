import { describe, expect, it } from 'vitest'
import { createTokenCache, requestAccessToken } from '../../src/oauth2/index.ts'
import { leaksOf, printedForms } from '../properties/leaks.ts'
import { CANARY, refusalOf, requestOf } from './requests.ts'
import { type Received, type Scripted, useScriptedServer } from './scripted-server.ts'

const server = useScriptedServer()
const LOOPBACK = { allowLoopbackHttp: true }
const NOW = Date.UTC(2026, 10, 22)
const OPTIONS = { ...LOOPBACK, now: () => NOW }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const HTML = { 'content-type': 'text/html' }
const PLAIN = { 'content-type': 'text/plain' }
const TOKEN = { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 }

type Reply = Scripted | ((received: Received) => Scripted)

/** Replies with a token: what is made of it, and for how many seconds it lives; `null`: unsaid. */
type Granted = readonly [name: string, reply: Reply, seconds: number | null, scope?: string]
const GRANTED: readonly Granted[] = [
  ['as RFC 6749 has it', { body: TOKEN }, 3600],
  ['no token_type, as Shopify', { body: { access_token: 'at-1', scope: 'a', expires_in: 86_399 } }, 86_399],
  ['an empty token_type', { body: { ...TOKEN, token_type: '' } }, 3600],
  ['a null token_type', { body: { ...TOKEN, token_type: null } }, 3600],
  ['token_type in lower case', { body: { ...TOKEN, token_type: 'bearer' } }, 3600],
  ['token_type in upper case', { body: { ...TOKEN, token_type: 'BEARER' } }, 3600],
  ['token_type with a space behind', { body: { ...TOKEN, token_type: 'Bearer ' } }, 3600],
  ['token_type N_A, as Naver', { body: { ...TOKEN, token_type: 'N_A' } }, 3600],
  ['token_type BearerToken, as Apigee', { body: { ...TOKEN, token_type: 'BearerToken' } }, 3600],
  ['expires_in as a text, as Apigee', { body: { ...TOKEN, expires_in: '3599' } }, 3599],
  ['expires_in with a fraction', { body: { ...TOKEN, expires_in: 3599.5 } }, 3599.5],
  ['expires_in as a text with an exponent', { body: { ...TOKEN, expires_in: ' 1e3 ' } }, 1000],
  ['expires_in as words', { body: { ...TOKEN, expires_in: 'abc' } }, null],
  ['expires_in with words behind', { body: { ...TOKEN, expires_in: '3600abc' } }, null],
  ['expires_in null', { body: { ...TOKEN, expires_in: null } }, null],
  ['expires_in true', { body: { ...TOKEN, expires_in: true } }, null],
  ['expires_in as a list', { body: { ...TOKEN, expires_in: [3600] } }, null],
  ['expires_in as an empty text', { body: { ...TOKEN, expires_in: '' } }, null],
  ['expires_in beyond numbers', { body: '{"access_token":"at-1","expires_in":1e400}' }, null],
  ['expires_in of ages', { body: { ...TOKEN, expires_in: 1e308 } }, 86_400],
  ['expires_in 0', { body: { ...TOKEN, expires_in: 0 } }, 0],
  ['expires_in negative', { body: { ...TOKEN, expires_in: -1 } }, 0],
  ['no expires_in', { body: { access_token: 'at-1', token_type: 'Bearer' } }, null],
  ['no scope', { body: TOKEN }, 3600, 'a b'],
  ['scope as a list', { body: { ...TOKEN, scope: ['b', 'a'] } }, 3600, 'a b'],
  ['scope null', { body: { ...TOKEN, scope: null } }, 3600, 'a b'],
  ['an empty scope', { body: { ...TOKEN, scope: '' } }, 3600, 'a b'],
  ['more scopes', { body: { ...TOKEN, scope: 'c b  a' } }, 3600, 'a b'],
  ['refresh_token null', { body: { ...TOKEN, refresh_token: null } }, 3600],
  ['an id_token that is none', { body: { ...TOKEN, id_token: 'junk' } }, 3600],
  [
    'fields of its own',
    { body: { ...TOKEN, instance_url: 'https://x', issued_at: '1', nested: { error: 'x' } } },
    3600,
  ],
  ['a `__proto__`', { body: '{"__proto__":{"expires_in":1},"access_token":"at-1","expires_in":3600}' }, 3600],
  ['an error beside the token', { body: { ...TOKEN, error: 'invalid_client' } }, 3600],
  ['a null error beside the token', { body: { ...TOKEN, error: null } }, 3600],
  ['a field said twice inside another', { body: '{"access_token":"at-1","expires_in":3600,"x":{"a":1,"a":2}}' }, 3600],
  ['201', { status: 201, body: TOKEN }, 3600],
  ['JSON as text/plain', { body: JSON.stringify(TOKEN), headers: PLAIN }, 3600],
  ['JSON as text/html', { body: JSON.stringify(TOKEN), headers: HTML }, 3600],
  ['JSON without a content-type', { body: JSON.stringify(TOKEN) }, 3600],
  ['JSON behind a byte order mark', { body: `\ufeff${JSON.stringify(TOKEN)}` }, 3600],
  ['JSON between white space', { body: `\r\n ${JSON.stringify(TOKEN)}\n` }, 3600],
  ['a form', { body: 'access_token=at-1&token_type=bearer&expires_in=3600', headers: FORM }, 3600],
  ['a form as text/plain, as Facebook', { body: 'access_token=at-1&expires=5183999\n', headers: PLAIN }, null],
  ['WWW-Authenticate beside the token', { body: TOKEN, headers: { 'www-authenticate': 'Bearer' } }, 3600],
  ['64 KiB', { body: JSON.stringify(TOKEN).padEnd(65_536) }, 3600],
  ['the longest token', { body: { ...TOKEN, access_token: 'a'.repeat(16_384) } }, 3600],
]

const NO_TOKEN = 'answered 200 with no access token that can be sent'
const TWICE = 'answered 200 with a field that stands twice'
const NO_BEARER = 'answered 200 with a token that is no bearer token'
const NO_FORM = 'answered 200 with neither JSON nor a form'
const TOO_LONG = 'answered 200 with more than 64 KiB, or no UTF-8'

const echo = ({ body, headers }: Received): string => `${body} ${headers.authorization ?? ''} ${CANARY}`

/** Replies without a token that can be used: what is told of them. */
type Refused = readonly [name: string, reply: Reply, told: string, more?: object]
const REFUSED: readonly Refused[] = [
  ['token_type mac', { body: { ...TOKEN, token_type: 'mac' } }, NO_BEARER],
  ['token_type DPoP', { body: { ...TOKEN, token_type: 'DPoP' } }, NO_BEARER],
  ['token_type as a number', { body: { ...TOKEN, token_type: 1 } }, NO_BEARER],
  ['token_type as a list', { body: { ...TOKEN, token_type: ['Bearer'] } }, NO_BEARER],
  ['a number as the token', { body: { ...TOKEN, access_token: 12 } }, NO_TOKEN],
  ['null as the token', { body: { ...TOKEN, access_token: null } }, NO_TOKEN],
  ['an empty token', { body: { ...TOKEN, access_token: '' } }, NO_TOKEN],
  ['a token with a line break', { body: { ...TOKEN, access_token: 'at\r\nX: y' } }, NO_TOKEN],
  ['a token with a space', { body: { ...TOKEN, access_token: 'at 1' } }, NO_TOKEN],
  ['a token beyond ASCII', { body: { ...TOKEN, access_token: 'até' } }, NO_TOKEN],
  ['a token longer than 16 KiB', { body: { ...TOKEN, access_token: 'a'.repeat(16_385) } }, NO_TOKEN],
  ['no token', { body: {} }, NO_TOKEN],
  ['a token under `accessToken`', { body: { accessToken: 'at-1' } }, NO_TOKEN],
  ['a token said twice', { body: '{"access_token":"at-1","access_token":"at-2"}' }, TWICE],
  ['a token said twice in a form', { body: 'access_token=at-1&access_token=at-2', headers: FORM }, TWICE],
  ['a scope said twice', { body: '{"access_token":"at-1","scope":"a","scope":"a b"}' }, TWICE],
  ['a scope that is a number', { body: { ...TOKEN, scope: 5 } }, 'answered 200 with a scope that is no text'],
  ['a list of numbers as the scope', { body: { ...TOKEN, scope: [5] } }, 'answered 200 with a scope that is no text'],
  ['fewer scopes', { body: { ...TOKEN, scope: 'a' } }, 'did not grant the scope `b`'],
  ['a list', { body: [TOKEN] }, NO_FORM],
  ['a text', { body: '"at-1"' }, NO_FORM],
  ['null', { body: 'null' }, NO_FORM],
  ['nothing', { body: '' }, NO_FORM],
  ['JSON that is cut off', { body: '{"access_token":"at-1"' }, NO_FORM],
  ['204', { status: 204 }, 'answered 204 with neither JSON nor a form'],
  ['a page', { body: '<html>access_token=at-1</html>', headers: HTML }, NO_FORM],
  ['a form as text/html', { body: 'access_token=at-1', headers: HTML }, NO_FORM],
  ['no UTF-8', { body: Uint8Array.from([0x7b, 0xff, 0x7d]) }, TOO_LONG],
  ['UTF-8 that is cut off', { body: Uint8Array.from([0x7b, 0xc3]) }, TOO_LONG],
  ['one byte more than 64 KiB', { body: JSON.stringify(TOKEN).padEnd(65_537) }, TOO_LONG],
  ['more than 64 KiB', { body: { ...TOKEN, x: 'x'.repeat(65_536) } }, TOO_LONG],
  ['50 MB', { body: 'x'.repeat(50_000_000) }, TOO_LONG],
  ['an empty error with 200', { body: { error: '' } }, NO_TOKEN],
  ['an error with 200', { body: { error: 'invalid_client' } }, 'answered 200 with the error `invalid_client`'],
  [
    'an error in a form',
    { status: 400, body: 'error=invalid_scope', headers: FORM },
    'answered 400 with the error `invalid_scope`',
  ],
  [
    '401 invalid_client',
    { status: 401, body: { error: 'invalid_client' } },
    'answered 401 with the error `invalid_client`',
  ],
  [
    '401 with a challenge, as Basic has it',
    { status: 401, body: { error: 'invalid_client' }, headers: { 'www-authenticate': `Basic realm="${CANARY}"` } },
    'answered 401 with the error `invalid_client`',
  ],
  ['an error that echoes the request', (r) => ({ status: 400, body: { error: echo(r) } }), 'answered 400'],
  [
    'a description that echoes the request',
    (r) => ({ status: 400, body: { error: 'invalid_request', error_description: echo(r), error_uri: echo(r) } }),
    'answered 400 with the error `invalid_request`',
  ],
  ['a page that echoes the request', (r) => ({ status: 403, body: echo(r), headers: HTML }), 'answered 403'],
  ['a token that was granted and forbidden', { status: 403, body: TOKEN }, 'answered 403'],
  [
    'an error of its own',
    { status: 400, body: { error: 'consent_required' } },
    'answered 400 with the error `consent_required`',
  ],
  ['an error in capitals', { status: 400, body: { error: 'AADSTS7000215' } }, 'answered 400'],
  ['an error that is a number', { status: 400, body: { error: 7 } }, 'answered 400'],
  ['an error that is the client id', { status: 400, body: { error: 'orders' } }, 'answered 400'],
  ['an error that holds the client id', { status: 400, body: { error: 'no_orders' } }, 'answered 400'],
  ['404', { status: 404, body: 'not found' }, 'answered 404'],
  ['408', { status: 408 }, 'answered 408', { retryable: true }],
  ['500', { status: 500 }, 'answered 500', { retryable: true }],
  ['502 with a page', { status: 502, body: '<html>', headers: HTML }, 'answered 502', { retryable: true }],
  ['503 with a token', { status: 503, body: TOKEN }, 'answered 503', { retryable: true }],
  [
    '400 temporarily_unavailable',
    { status: 400, body: { error: 'temporarily_unavailable' } },
    'answered 400 with the error `temporarily_unavailable`',
    { retryable: true },
  ],
  [
    '400 server_error',
    { status: 400, body: { error: 'server_error' } },
    'answered 400 with the error `server_error`',
    { retryable: true },
  ],
  [
    '400 slow_down',
    { status: 400, body: { error: 'slow_down' } },
    'answered 400 with the error `slow_down`',
    { retryable: true },
  ],
  ['429', { status: 429 }, 'answered 429', { retryable: true }],
  [
    '429 with seconds',
    { status: 429, headers: { 'retry-after': '30' } },
    'answered 429, and asks to wait 30 s',
    { retryable: true, retryAfterMs: 30_000 },
  ],
  [
    '503 with a date',
    { status: 503, headers: { 'retry-after': new Date(NOW + 61_000).toUTCString() } },
    'answered 503, and asks to wait 61 s',
    { retryable: true, retryAfterMs: 61_000 },
  ],
  [
    'a date that is over',
    { status: 503, headers: { 'retry-after': new Date(NOW - 1000).toUTCString() } },
    'answered 503',
    { retryable: true },
  ],
  [
    'an age to wait',
    { status: 503, headers: { 'retry-after': '999999999' } },
    'answered 503, and asks to wait 86400 s',
    { retryable: true, retryAfterMs: 86_400_000 },
  ],
  ['words to wait', { status: 503, headers: { 'retry-after': 'soon' } }, 'answered 503', { retryable: true }],
]

const named = <T extends readonly [string, ...unknown[]]>(rows: readonly T[]) =>
  rows.map((row) => [row[0], row] as const)
const hostOf = (origin: string): string => origin.slice('http://'.length)
const scriptOf = (reply: Reply) => (typeof reply === 'function' ? reply : () => reply)

it('T64: there are at least 45 odd replies, half of them refused', () => {
  expect(GRANTED.length + REFUSED.length).toBeGreaterThanOrEqual(90)
  expect(REFUSED.length).toBeGreaterThanOrEqual(45)
})

describe('T61, T64: a reply with', () => {
  it.each(named(GRANTED))('%s gives a token', async (_, [, reply, seconds, scope = 'a']) => {
    server.play(scriptOf(reply))
    const request = requestOf(`${server.origin()}/token`, { scope })
    const { token, expiresAtMs } = await requestAccessToken(request, OPTIONS)
    expect(token.reveal()).toMatch(/^(?:at-1|a{16384})$/)
    expect(expiresAtMs).toBe(seconds === null ? null : NOW + seconds * 1000)

    // In a cache it stays, unless it lives for no time.
    const cache = createTokenCache(OPTIONS)
    server.play(scriptOf(reply))
    for (let n = 0; n < 3; n += 1) {
      expect(await cache.getToken(request, { tenant: 't' })).toEqual({ token, expiresAtMs })
    }
    expect(server.received).toHaveLength(seconds === 0 ? 3 : 1)
  })

  it.each(named(REFUSED))(
    'T65: %s gives none, is not kept, and tells no secret',
    async (_, [, reply, told, more = {}]) => {
      server.play(scriptOf(reply))
      for (const clientAuthentication of ['client_secret_post', 'client_secret_basic'] as const) {
        const request = requestOf(`${server.origin()}/token`, { clientAuthentication, scope: 'a b' })
        const cache = createTokenCache(OPTIONS)
        const errors = [
          await refusalOf(requestAccessToken(request, OPTIONS)),
          await refusalOf(cache.getToken(request, { tenant: 't' })),
          await refusalOf(cache.getToken(request, { tenant: 't' })),
        ]
        expect(server.received).toHaveLength(clientAuthentication === 'client_secret_post' ? 3 : 6)
        for (const error of errors) {
          const message = `the token endpoint at ${hostOf(server.origin())} ${told}`
          const retryable = Object.hasOwn(more, 'retryable')
          expect({ ...error }).toEqual({
            name: 'SecurityError',
            code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
            phase: 'need',
            retryable,
            ...more,
          })
          expect(error.message).toBe(message)
          expect(error.cause).toBeUndefined()
          expect(leaksOf(error, CANARY)).toEqual([])
          expect(printedForms(error)).not.toMatch(/at-1|orders/)
        }
      }
    },
  )

  it('fewer scopes gives a token where that is allowed', async () => {
    server.play({ body: { ...TOKEN, scope: 'a' } })
    const request = requestOf(`${server.origin()}/token`, { scope: 'a b' })
    const { token } = await requestAccessToken(request, { ...OPTIONS, missingScopes: 'allow' })
    expect(token.reveal()).toBe('at-1')
  })
})
