import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayGoTo, readHosts } from '../../src/credentials/hosts.ts'
import { check } from '../properties/settings.ts'
import {
  codeOf,
  credentialsOver,
  given,
  judged,
  REQUIREMENTS,
  requestFor,
  revealed,
  TENANT,
  VALUES,
} from './samples.ts'

/** Entries of the list, and where each lets a credential go. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['api.example.com', 'https://api.example.com', true],
  ['API.Example.Com', 'https://api.example.com', true],
  ['api.example.com', 'https://api.example.com:443', true],
  ['api.example.com:443', 'https://api.example.com', true],
  ['api.example.com', 'https://api.example.com:8443', false],
  ['api.example.com:8443', 'https://api.example.com:8443', true],
  ['api.example.com:8443', 'https://api.example.com', false],
  ['api.example.com', 'http://api.example.com', false],
  ['http://api.example.com', 'http://api.example.com', true],
  ['http://api.example.com', 'https://api.example.com', false],
  ['https://api.example.com', 'https://api.example.com', true],
  ['https://api.example.com', 'http://api.example.com', false],
  ['https://api.example.com', 'https://www.api.example.com', false],
  ['api.example.com', 'https://api.example.com.evil.com', false],
  ['api.example.com', 'https://evil-api.example.com', false],
  ['api.example.com', 'https://example.com', false],
  ['api.example.com', 'https://sub.api.example.com', false],
  ['api.example.com', 'https://api.example.com@evil.com', false],
  ['api.example.com', 'https://evil.com\\@api.example.com', false],
  ['api.example.com', 'https://api.example.com.', false],
  ['*.example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://a.b.example.com', true],
  ['*.example.com', 'https://example.com', false],
  ['*.example.com', 'https://badexample.com', false],
  ['*.example.com', 'https://example.com.evil.com', false],
  ['*.example.com', 'https://api.example.com:8443', false],
  ['*.example.com:8443', 'https://api.example.com:8443', true],
  ['*.example.com', 'http://api.example.com', false],
  ['localhost', 'http://localhost', true],
  ['localhost:8080', 'http://localhost:8080', true],
  ['localhost', 'http://localhost:8080', false],
  ['localhost:80', 'http://localhost', true],
  ['localhost:80', 'http://localhost:80', true],
  ['localhost:80', 'https://localhost', false],
  ['localhost:80', 'https://localhost:80', true],
  ['localhost', 'http://localhost:80', true],
  ['localhost', 'https://localhost', true],
  ['localhost:443', 'https://localhost', true],
  ['localhost:443', 'http://localhost', false],
  ['localhost:443', 'http://localhost:443', true],
  ['127.0.0.1:80', 'http://127.0.0.1', true],
  ['[::1]:80', 'http://[::1]', true],
  ['[::1]:443', 'https://[::1]', true],
  ['api.example.com:80', 'http://api.example.com', false],
  ['api.example.com:80', 'https://api.example.com', false],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080', true],
  ['127.0.0.1', 'https://2130706433', false],
  ['[::1]', 'https://[::1]', true],
  ['[::1]:8080', 'http://[::1]:8080', true],
  ['api.example.com', '', false],
  ['api.example.com', 'null', false],
]

describe('the hosts that a credential may be sent to (T41, T44)', () => {
  it.each(CASES)('%s and %s: %s', (host, target, allowed) => {
    const { hosts, issues } = readHosts([host])
    expect(issues).toEqual([])
    expect(mayGoTo(hosts, target)).toBe(allowed)
  })

  it.each([
    '',
    ' api.example.com',
    'api.example.com/',
    'api.example.com/path',
    'https://api.example.com/',
    'https://user@api.example.com',
    'ftp://api.example.com',
    'api.example.com:0443',
    'api.example.com:99999',
    'api.example.com.',
    'api..example.com',
    '*',
    '*.com',
    '*.1.2.3.4',
    '*.[::1]',
    'a*.example.com',
    'api.*.com',
    '*.*.example.com',
    'https://*.example.com',
    'bücher.example',
    '2130706433',
    '127.1',
    '[::0001]',
    'api.example.com?x',
    'api.example.com#x',
    'api.example.com\n',
    5,
    null,
  ])('%j is no host', (host) => {
    expect(readHosts([host])).toMatchObject({
      hosts: null,
      issues: [{ code: 'ERR_CREDENTIAL_HOST', pointer: '/hosts/0' }],
    })
  })

  it('an empty list and one of 33 are refused; any host is no list', () => {
    const hosts = Array.from({ length: 33 }, (_, index) => `h${index}.example.com`)
    expect(readHosts([])).toMatchObject({ issues: [{ pointer: '/hosts' }] })
    expect(readHosts(hosts)).toMatchObject({ issues: [{ pointer: '/hosts' }] })
    expect(readHosts(hosts.slice(1))).toMatchObject({ issues: [] })
    expect(readHosts(null)).toEqual({ hosts: null, issues: [] })
    expect(mayGoTo(null, 'https://anywhere.example')).toBe(true)
  })

  it('an exact host lets no other origin in (property)', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
    const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
    const port = fc.constantFrom('', ':80', ':443', ':8443')
    const name = fc.oneof(host, fc.constant('localhost'))
    const origin = fc.tuple(fc.constantFrom('http', 'https'), name, port)
    check(
      fc.property(name, port, origin, (allowed, allowedPort, [scheme, name, itsPort]) => {
        const hosts = readHosts([allowed + allowedPort]).hosts
        const target = `${scheme}://${name}${itsPort}`
        const same = new URL(target).host === new URL(`${scheme}://${allowed}${allowedPort}`).host
        const isSafe = scheme === 'https' || name === 'localhost'
        expect(mayGoTo(hosts, target)).toBe(same && isSafe)
      }),
    )
  })
})

describe('a credential with hosts', () => {
  it('is given for its hosts only, and `check` says so beforehand', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials, { hosts: ['api.example.com'] })
    const to = (origin: string | null) => requestFor(credentialId, { origin })
    expect(await credentials.check(to('https://api.example.com'))).toBeNull()
    expect(revealed(await credentials.use(to('https://api.example.com')))).toBe(VALUES.secretText)
    expect(await credentials.check(to('https://evil.example'))).toMatchObject({ code: 'ERR_CREDENTIAL_REFUSED' })
    expect(await codeOf(credentials.use(to('https://evil.example')))).toBe('ERR_CREDENTIAL_REFUSED')
  })

  it('without an origin: set-up cannot say yet, sending refuses', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials, { hosts: ['api.example.com'] })
    const request = requestFor(credentialId, { origin: null })
    expect(await credentials.check(request)).toBeNull()
    expect(await codeOf(credentials.use(request))).toBe('ERR_CREDENTIAL_REFUSED')
    const { credentialId: anywhere } = await given(credentials, { name: 'any' })
    expect(revealed(await credentials.use({ ...request, credentialId: anywhere }))).toBe(VALUES.secretText)
  })

  it('an OAuth client goes to the token endpoint, and its access token to the tool: both must be allowed', async () => {
    const credentials = credentialsOver()
    const codes = await Promise.all(
      [['auth.example.com'], ['api.example.com'], ['*.example.com'], ['api.example.com', 'auth.example.com']].map(
        async (hosts, index) => {
          const { credentialId } = await given(credentials, { name: `c${index}`, type: 'oauthClient', hosts })
          const requirement = REQUIREMENTS.oauth2ClientCredentials
          const atSetUp = await credentials.check(requestFor(credentialId, { requirement, origin: null }))
          const issue = await credentials.check(requestFor(credentialId, { requirement }))
          return [atSetUp?.code ?? 'fine', issue?.code ?? 'fine']
        },
      ),
    )
    expect(codes).toEqual([
      ['fine', 'ERR_CREDENTIAL_REFUSED'],
      ['ERR_CREDENTIAL_REFUSED', 'ERR_CREDENTIAL_REFUSED'],
      ['fine', 'fine'],
      ['fine', 'fine'],
    ])
  })

  it('reports each bad host where it stands', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials)
    const hosts = ['ok.example', '', 'x y', '*.ok.example', 'https://ok.example/path']
    const places = ['/hosts/1', '/hosts/2', '/hosts/4'].map((pointer) => `ERR_CREDENTIAL_HOST ${pointer}`)
    expect(judged(await credentials.update({ tenant: TENANT, credentialId, hosts }))).toEqual(places)
  })
})
