import { describe, expect, it } from 'vitest'
import { apply, resolve } from '../../src/index.ts'
import { applied, codeOr, header, option, query, REQUEST, tool, toolAt } from './tools.ts'

const resolution = resolve(tool([option({ k: header('X-Key'), q: query('q') })]), { k: 'S3CRET', q: 'S3CRET' })
const at = (url: string): unknown => applied(resolution, { url })
const placeholder = resolve(toolAt('https://api.example.com/v1/{id}/price'), { k: 'S3CRET' })
const inPath = (value: string): unknown => applied(placeholder, { url: `https://api.example.com/v1/${value}/price` })

describe('E. where the credential goes', () => {
  it.each([
    'http://api.example.com/v1',
    'https://api.example.com:444/v1',
    'https://api.example.com:80/v1',
    'http://api.example.com:443/v1',
    'https://example.com/v1',
    'https://sub.api.example.com/v1',
    'https://api.example.com.evil.example/v1',
    'https://evil-api.example.com/v1',
    'https://api.example.co/v1',
    'https://api_example.com/v1',
  ])('T42 origin is scheme, host and port: %s', (url) => {
    expect(at(url)).toBe('ERR_ORIGIN_MISMATCH')
  })

  it('T42 the default port and the case of scheme and host are the same origin', () => {
    for (const origin of ['https://api.example.com:443', 'HTTPS://api.example.com', 'https://API.Example.COM']) {
      expect(at(`${origin}/v1`)).toMatchObject({ headers: { 'X-Key': 'S3CRET' } })
    }
  })

  it.each([
    '//evil.example/v1',
    '/v1',
    'v1',
    '?q',
    '',
    'https:api.example.com/v1',
    'https:/api.example.com/v1',
    'https:///api.example.com/v1',
    'javascript:alert(1)',
    'ftp://api.example.com/v1',
    'file:///v1',
    'data:,v1',
    'wss://api.example.com/v1',
  ])('T43 a URL that is not absolute, or of another scheme, is refused: %s', (url) => {
    expect(at(url)).toBe('ERR_URL_INVALID')
  })

  it('T43 an absolute URL inside a path or query is only text', () => {
    const url = 'https://api.example.com/v1/https://evil.example/?u=//evil.example/'
    expect(at(url)).toMatchObject({ url: `${url}&q=S3CRET` })
  })

  it.each([
    ['user info', 'https://user:pass@api.example.com/v1'],
    ['an empty user', 'https://@api.example.com/v1'],
    ['another host behind user info', 'https://api.example.com@evil.example/v1'],
    ['a backslash before user info', 'https://api.example.com\\@evil.example/v1'],
    ['a backslash for a slash', 'https:\\\\api.example.com\\v1'],
    ['a backslash in the path', 'https://api.example.com/v1\\..\\x'],
    ['a tab', 'https://api.exam\tple.com/v1'],
    ['a line break', 'https://api.example.com/v1\n/x'],
    ['a leading space', ' https://api.example.com/v1'],
    ['a trailing space', 'https://api.example.com/v1 '],
    ['a null', 'https://api.example.com/v1\u0000'],
    ['a no-break space', 'https://api.example.com/v1\u00a0'],
    ['full-width letters', 'https://\uff41pi.example.com/v1'],
    ['a full-width dot', 'https://api\u3002example.com/v1'],
    ['a soft hyphen', 'https://a\u00adpi.example.com/v1'],
    ['the Kelvin sign', 'https://api.\u212Aexample.com/v1'],
    ['a trailing dot', 'https://api.example.com./v1'],
    ['an empty label', 'https://api..example.com/v1'],
    ['a percent-encoded host', 'https://%61pi.example.com/v1'],
    ['an empty port', 'https://api.example.com:/v1'],
    ['a port with a zero', 'https://api.example.com:0443/v1'],
    ['a port out of range', 'https://api.example.com:65536/v1'],
    ['a port of six digits', 'https://api.example.com:100443/v1'],
    ['a signed port', 'https://api.example.com:+443/v1'],
    ['a lone surrogate', 'https://api.example.com/v1/\ud800'],
    ['a zone', 'https://[fe80::1%25eth0]/v1'],
    ['a broken bracket', 'https://[::1/v1'],
    ['a decimal address', 'https://2130706433/v1'],
    ['an octal address', 'https://0177.0.0.1/v1'],
    ['a hexadecimal address', 'https://0x7f.0.0.1/v1'],
    ['a hexadecimal last label', 'https://a.0x7f/v1'],
    ['a short address', 'https://127.1/v1'],
    ['an address out of range', 'https://256.0.0.1/v1'],
    ['an address of five', 'https://1.2.3.4.5/v1'],
    ['a host too long', `https://${'a.'.repeat(130)}com/v1`],
  ])('T44 a spelling that parsers read differently is refused: %s', (_, url) => {
    expect(at(url)).toBe('ERR_URL_INVALID')
  })

  it('P36 a URL of more than 1 MiB is refused, in any spelling, before it is looked at', () => {
    const start = 'https://api.example.com/v1/'
    const long = (unit: string, length: number): string => start + unit.repeat(length).slice(0, length - start.length)
    const told = (url: string): string => {
      const answer = at(url)
      return typeof answer === 'string' ? answer : 'sent'
    }
    for (const unit of ['a', '/a', '%25', 'a./', '?', '=&']) {
      expect(told(long(unit, 2 ** 20))).toBe('sent')
      expect(told(long(unit, 2 ** 20 + 1))).toBe('ERR_URL_INVALID')
      // A regular expression would run out of stack.
      expect(told(long(unit, 20_000_000))).toBe('ERR_URL_INVALID')
    }
  })

  it.each([
    '..',
    '.',
    '%2e%2e',
    '%2E.',
    '.%2e',
    '%2e',
    '..%2f..',
    '%2f..',
    '..%2F',
    '..%5c..',
    '%5c..',
    '..;a=b',
    '.;',
    '%252e%252e',
    '%25252e.',
    '..%252f',
    '%252f%252e%252e%252f',
    '..%3b',
    'x/..',
    'x/../y',
    '%2e%2e%2f',
    './x',
    'x%2f.',
    'x%2f%2e%2fy',
  ])('T45 a path escape is refused in every spelling: %s', (value) => {
    expect(inPath(value)).toBe('ERR_PATH_DOTS')
  })

  it.each(['a.b', '...', '.a', 'a..', '%2ea', 'a%2f', '%252', '%', '..a', 'a;..b', '%2e%2ea', '.well-known', '%2f'])(
    'T45 what only looks like one is fine: %s',
    (value) => {
      expect(inPath(value)).toMatchObject({ headers: { 'X-Key': 'S3CRET' } })
    },
  )

  it.each(['/v2', '/', '', '/v', '/v10', '/V1', '/v1.', '/v1%2f', '/v1;x', '/%76%31', '//v1', '/x/v1'])(
    'T45 the literal prefix of the path must survive: %s',
    (path) => {
      expect(at(`https://api.example.com${path}`)).toBe('ERR_PATH_MISMATCH')
    },
  )

  it('T45 the path goes on after the prefix only with a slash, or where a placeholder follows at once', () => {
    for (const rest of ['', '/', '/x', '?a', '#f', '/x/y?z#f'])
      expect(typeof at(`https://api.example.com/v1${rest}`)).toBe('object')
    const open = resolve(toolAt('https://api.example.com/v1/item-{id}'), { k: 'S3CRET' })
    expect(applied(open, { url: 'https://api.example.com/v1/item-7' })).toMatchObject({
      headers: { 'X-Key': 'S3CRET' },
    })
    expect(applied(open, { url: 'https://api.example.com/v1/item' })).toBe('ERR_PATH_MISMATCH')
    expect(applied(open, { url: 'https://api.example.com/v1/item-7?x/../y=..' })).toMatchObject({})
  })

  it('T45 a question mark or hash that a parameter brings in cannot hide the path', () => {
    expect(applied(placeholder, { url: 'https://api.example.com/v1/?/../../admin' })).toMatchObject({})
    expect(applied(placeholder, { url: 'https://api.example.com/?/v1/x' })).toBe('ERR_PATH_MISMATCH')
    expect(applied(placeholder, { url: 'https://api.example.com#/v1/x' })).toBe('ERR_PATH_MISMATCH')
  })

  it('T47 a resolution for one tool does not fit the URL of another', () => {
    const other = resolve(toolAt('https://other.example.com/v1'), { k: 'S3CRET' })
    expect(applied(other)).toBe('ERR_ORIGIN_MISMATCH')
    expect(codeOr(() => apply(REQUEST, other, { origin: 'https://api.example.com' }))).toBe('ERR_ORIGIN_MISMATCH')
    expect(other).toMatchObject({ binding: { origin: 'https://other.example.com', pathPrefix: '/v1' } })
  })

  it.each([
    'api.example.com',
    'https://api.example.com/',
    'https://api.example.com/v1',
    'https://api.example.com?',
    'https://api.example.com#',
    'https://user@api.example.com',
    'https://*.example.com',
    'https://api.example.com.',
    '',
    '*',
  ])('T47 the option `origin` is exactly an origin: %j', (origin) => {
    const { http: _, ...unbound } = toolAt('https://unused.example')
    expect(codeOr(() => apply(REQUEST, resolve(unbound, { k: 'S3CRET' }), { origin }))).toBe('ERR_ARGUMENT_INVALID')
  })

  it.each([
    ['another host', { Host: 'evil.example' }],
    ['another port', { host: 'api.example.com:444' }],
    ['two hosts', { HOST: 'api.example.com, evil.example' }],
    ['nothing', { Host: '' }],
    ['the right one, and another', { Host: 'api.example.com', host: 'evil.example' }],
    ['white space', { Host: 'api.example.com ' }],
    ['a letter that only folds to the right one', { Host: 'api.example.com'.replace('e', '\u212F') }],
  ])('T48 a Host header other than the URL is refused: %s', (_, headers) => {
    expect(applied(resolution, { headers })).toBe('ERR_HOST_MISMATCH')
  })

  it('T48 folding of the Host header is ASCII only', () => {
    const kelvin = resolve(toolAt('https://api.kexample.com/v1'), { k: 'S3CRET' })
    const change = { url: 'https://api.kexample.com/v1', headers: { Host: 'api.\u212Aexample.com' } }
    expect(applied(kelvin, change)).toBe('ERR_HOST_MISMATCH')
    expect(applied(kelvin, { ...change, headers: { Host: 'API.Kexample.com' } })).toMatchObject({})
  })

  it('T48 the authority of the URL, in any case and with its default port, is no mismatch', () => {
    expect(applied(resolution, { headers: { Host: 'API.example.com' } })).toMatchObject({})
    const spelled = { url: 'https://api.example.com:443/v1', headers: { Host: 'api.example.com:443' } }
    expect(applied(resolution, spelled)).toMatchObject({})
    const port = resolve(toolAt('https://api.example.com:8443/v1'), { k: 'S3CRET' })
    expect(
      applied(port, { url: 'https://api.example.com:8443/v1', headers: { Host: 'api.example.com:8443' } }),
    ).toMatchObject({})
    expect(applied(port, { url: 'https://api.example.com:8443/v1', headers: { Host: 'api.example.com' } })).toBe(
      'ERR_HOST_MISMATCH',
    )
  })

  it.each([
    'X-Key',
    'close, X-Key',
    'keep-alive,authorization',
    'upgrade',
    'close;x',
    'keep-alive close',
    '\u212Aeep-alive',
  ])('T48 a Connection header that names another header is refused: %s', (value) => {
    expect(applied(resolution, { headers: { connection: value } })).toBe('ERR_CONNECTION_HEADER')
    expect(applied(resolution, { headers: { CONNECTION: value } })).toBe('ERR_CONNECTION_HEADER')
  })

  it.each(['keep-alive', 'Close', 'keep-alive, close', ' close ,', ''])('T48 Connection: %j is fine', (value) => {
    expect(applied(resolution, { headers: { Connection: value } })).toMatchObject({ headers: { Connection: value } })
  })
})
