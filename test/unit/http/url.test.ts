import { describe, expect, it } from 'vitest'
import { hasDotSegment, isLoopback, splitUrl } from '../../../src/http/url.ts'

describe('splitUrl', () => {
  it('takes a URL apart', () => {
    expect(splitUrl('https://api.example.com/v1/a?b=c&d#e?f')).toEqual({
      origin: 'https://api.example.com',
      scheme: 'https',
      host: 'api.example.com',
      path: '/v1/a',
      query: 'b=c&d',
      fragmentStart: 34,
    })
    expect(splitUrl('http://localhost:8080')).toEqual({
      origin: 'http://localhost:8080',
      scheme: 'http',
      host: 'localhost',
      path: '',
      query: null,
      fragmentStart: 21,
    })
  })

  it.each([
    ['https://a.example?', '', ''],
    ['https://a.example?q', '', 'q'],
    ['https://a.example#f', '', null],
    ['https://a.example/#?q', '/', null],
    ['https://a.example/?#', '/', ''],
    ['https://a.example/a?b?c', '/a', 'b?c'],
    ['https://a.example//', '//', null],
  ])('finds path and query of %s', (url, path, query) => {
    expect(splitUrl(url)).toMatchObject({ path, query })
  })

  it.each([
    ['HTTPS://API.Example.COM/X', 'https://api.example.com'],
    ['https://a.example:443', 'https://a.example'],
    ['http://a.example:80/', 'http://a.example'],
    ['https://a.example:80', 'https://a.example:80'],
    ['http://a.example:443', 'http://a.example:443'],
    ['https://a.example:65535', 'https://a.example:65535'],
    ['https://[::1]:8443/', 'https://[::1]:8443'],
    ['https://[2001:DB8::1]', 'https://[2001:db8::1]'],
    ['https://1.2.3.4', 'https://1.2.3.4'],
    ['https://0.0.0.0', 'https://0.0.0.0'],
    ['https://255.255.255.255', 'https://255.255.255.255'],
    ['https://a_b-c.xn--p1ai', 'https://a_b-c.xn--p1ai'],
    ['https://1.2.3.example', 'https://1.2.3.example'],
    ['https://0x7f.example', 'https://0x7f.example'],
    ['https://a', 'https://a'],
    ['https://a.0xg', 'https://a.0xg'],
    ['https://a.1b', 'https://a.1b'],
  ])('gives the origin of %s as %s', (url, origin) => {
    expect(splitUrl(url)?.origin).toBe(origin)
    expect(new URL(url).host).not.toBe('')
  })

  it.each([
    '',
    'https',
    'https:',
    'https://',
    'https:///a',
    'https:/a.example',
    'https:a.example',
    '//a.example',
    '/a',
    'ftp://a.example',
    'httpss://a.example',
    ' https://a.example',
    'https://a.example ',
    'https://a.example/\t',
    'https://a.example/\u0000',
    'https://a.example/\u007f',
    'https://a.example/\u0085',
    'https://a.example/\u00a0',
    'https://a.example\\',
    'https://a.example/a\\b',
    'https://u@a.example',
    'https://u:p@a.example',
    'https://@a.example',
    'https://a.example.',
    'https://.a.example',
    'https://a..example',
    'https://a.example:',
    'https://a.example:0',
    'https://a.example:080',
    'https://a.example:65536',
    'https://a.example:123456',
    'https://a.example:-1',
    'https://a.example:a',
    'https://é.example',
    'https://a%2eexample',
    'https://[::1',
    'https://::1]',
    'https://[]',
    'https://[::1]a',
    'https://[fe80::1%25eth0]',
    'https://[g::1]',
    'https://1',
    'https://127.1',
    'https://1.2.3',
    'https://1.2.3.4.5',
    'https://1.2.3.256',
    'https://1.2.3.04',
    'https://01.2.3.4',
    'https://a.1',
    'https://a.0x',
    'https://a.0xff',
    'https://2130706433',
    'https://{host}/',
    'https://a.example{path}',
    'https://a.example,b.example',
    'https://*.example',
    'https://a.example/\ud800',
    `https://${'a.'.repeat(127)}b/`,
  ])('refuses %j', (url) => {
    expect(splitUrl(url)).toBeNull()
  })

  it.each([
    '[0:0:0:0:0:0:0:1]',
    '[1::0:2]',
    '[2001:db8:0:0:1:0:0:1]',
    '[2001:db8:0:0:1::1]',
    '[1:0::]',
    '[1:2:3:4:5:6:7::]',
  ])('refuses %s, which RFC 5952 writes in another way (T44)', (host) => {
    expect(splitUrl(`https://${host}/`)).toBeNull()
  })

  it.each([
    '[1::2]',
    '[2001:db8::1:0:0:1]',
    '[1:0:2:3:4:5:6:7]',
    '[::]',
    '[1::]',
    '[1:2:3:4:5:6::]',
    '[1:2:3:4:5:6:7:8]',
  ])('takes %s, as RFC 5952 writes it', (host) => {
    expect(splitUrl(`https://${host}/`)?.host).toBe(host)
  })

  it.each(['https://[::::]', 'https://[1.2.3.4]', 'https://[.]', 'https://[1:2]', 'https://[:]'])(
    'refuses brackets without an IPv6 address: %s',
    (url) => {
      expect(() => new URL(url)).toThrow()
      expect(splitUrl(url)).toBeNull()
    },
  )

  it('takes a host of 253 characters', () => {
    expect(splitUrl(`https://${'a.'.repeat(126)}b/`)?.host).toHaveLength(253)
  })
})

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'])('knows %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each([
    'localhost.example',
    'a.localhost',
    '128.0.0.1',
    '127.0.0',
    '127.0.0.1.example',
    '127.0.0.256',
    '[::]',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    '',
  ])('does not take %s for it', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})

describe('hasDotSegment', () => {
  it.each([
    '/.',
    '/..',
    '/./',
    '/../a',
    '/a/.',
    '/a/..',
    '..',
    '.',
    '/%2e',
    '/%2E%2e',
    '/.%2e/',
    '/a%2f..',
    '/a%2F.%2Fb',
    '/%5c..',
    '/..%5C',
    '/..;a',
    '/.;',
    '/%252e',
    '/%25252e%2e',
    '/a%252f..',
    '/..%3b',
    '/..%253B',
  ])('finds one in %s', (path) => {
    expect(hasDotSegment(path)).toBe(true)
  })

  it.each([
    '',
    '/',
    '/a.b',
    '/...',
    '/.a',
    '/a..',
    '/a../b',
    '/..a',
    '/%2ea',
    '/%2e%2ea',
    '/a%2e',
    '/%2f',
    '/%25',
    '/%2',
    '/a;..b',
    '/~',
    '/....',
  ])('finds none in %s', (path) => {
    expect(hasDotSegment(path)).toBe(false)
  })
})
