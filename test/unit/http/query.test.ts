import { describe, expect, it } from 'vitest'
import { decodeQueryText, encodeQueryText, readQuery } from '../../../src/http/query.ts'

describe('encodeQueryText', () => {
  it.each([
    ['', ''],
    ['AZaz09-._~', 'AZaz09-._~'],
    [' ', '%20'],
    ["!'()*", '%21%27%28%29%2A'],
    ['a b&c=d#é%', 'a%20b%26c%3Dd%23%C3%A9%25'],
    ['+/?', '%2B%2F%3F'],
    ['€', '%E2%82%AC'],
    ['𝒳', '%F0%9D%92%B3'],
    ['$&', '%24%26'],
  ])('writes %j as %s', (text, encoded) => {
    expect(encodeQueryText(text)).toBe(encoded)
    expect(decodeQueryText(encoded)).toBe(text)
  })
})

describe('decodeQueryText', () => {
  it.each([
    ['a+b', 'a b'],
    ['a%20b', 'a b'],
    ['%2B', '+'],
    ['%C3%A9', 'é'],
    ['%c3%a9', 'é'],
    ['%', '%'],
    ['%z', '%z'],
    ['%6', '%6'],
    ['%6b%zz', 'k%zz'],
    ['%zz%6b+', '%zzk '],
    ['%ff', '%ff'],
    ['%ff-%6b', '%ff-k'],
    ['%6b%ff', '%6b%ff'],
    ['%25%32%30', '%20'],
    ['', ''],
  ])('reads %s as %j', (text, decoded) => {
    expect(decodeQueryText(text)).toBe(decoded)
  })
})

describe('readQuery', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    ['', []],
    ['&&', []],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=a', [['', 'a']]],
    ['=', [['', '']]],
    ['a=b=c', [['a', 'b=c']]],
    [
      'a=1&&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['a%20b=c+d', [['a b', 'c d']]],
    ['a?b=c', [['a?b', 'c']]],
  ])('reads %s', (query, pairs) => {
    expect(readQuery(query).map(({ name, value }) => [name, value])).toEqual(pairs)
    expect([...new URLSearchParams(query)]).toEqual(pairs)
  })
})
