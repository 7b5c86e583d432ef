import { expect, it } from 'vitest'
import {
  apply,
  type HttpRequest,
  type Requirement,
  type Resolution,
  resolve,
  SecurityError,
  type ToolDefinition,
} from '../../src/index.ts'
import { deepFreeze } from '../vectors/load.ts'
import { applied, type Parts, type Piece, requestOf, type Write } from './apply-oracle.ts'
import { Tally } from './compare.ts'

const BASE = 'https://api.example.com/v1/items'
const piece = (text: string, name: string, value: string): Piece => ({ text, name, value })

// The key parameter is `k`, its value the token in question: `same` in one spelling, `other` never.
function pieces(token: string): readonly Piece[] {
  const encoded = encode(token)
  return [
    piece('', '', ''),
    piece('a', 'a', ''),
    piece("a='(*)+%E9", 'a', "'(*) %E9"),
    piece('k', 'k', ''),
    piece('k=', 'k', ''),
    piece('k=x', 'k', 'x'),
    piece('%6b=x', 'k', 'x'),
    piece(`k=${encoded}`, 'k', token),
    piece(`%6B=${encodeAll(token)}`, 'k', token),
    piece(`k=${encoded}x`, 'k', `${token}x`),
    piece('K=x', 'K', 'x'),
    piece('k%5B%5D=x', 'k[]', 'x'),
    piece('k+=x', 'k ', 'x'),
    piece('%6=x&%', '%6', 'x'),
    piece('?k=x', '?k', 'x'),
  ]
}

const FRAGMENTS = ['', '#', '#?k=x&k=y']

function headerSets(name: string, value: string): readonly Readonly<Record<string, unknown>>[] {
  const [small, large, scored] = [name.toLowerCase(), name.toUpperCase(), name.toLowerCase().replaceAll('-', '_')]
  const other = { 'X-Other': '1' }
  return [
    {},
    other,
    { [name]: value, ...other },
    { ...other, [small]: value },
    { [scored]: value },
    { [name]: 'x' },
    { [large]: 'x', ...other },
    { [scored]: 'x' },
    { [name]: value, [large]: value },
    { [name]: value, [small]: 'x' },
    { [`${name}s`]: 'x', XKey: 'x' },
    { 'X-Other': ['1', '2'] },
    { [name]: [value] },
  ]
}

interface Way {
  readonly definition: ToolDefinition
  readonly writes: readonly Write[]
  /** The header that it writes, or would. */
  readonly header: { readonly name: string; readonly value: string }
}

function waysToWrite(token: string): readonly Way[] {
  const query: Requirement = { queryApiKey: { name: 'k' } }
  const header: Requirement = { headerApiKey: { name: 'X-Key' } }
  const inQuery: Write = { kind: 'query', name: 'k', value: token }
  const asKey = { name: 'X-Key', value: 'token-h' }
  const asScheme = { name: 'Authorization', value: 'Bearer token-h' }
  const tool = (requirements: Readonly<Record<string, Requirement>>): ToolDefinition => ({
    http: { baseUrlPattern: BASE, httpMethod: 'GET' },
    requirements: { httpSecurityOptions: { options: [{ requirements }] } },
  })
  return [
    { definition: tool({ q: query }), writes: [inQuery], header: asKey },
    { definition: tool({ h: header }), writes: [{ kind: 'header', ...asKey }], header: asKey },
    {
      definition: tool({ h: { httpAuth: { scheme: 'Bearer' } } }),
      writes: [{ kind: 'header', ...asScheme }],
      header: asScheme,
    },
    { definition: tool({ h: header, q: query }), writes: [{ kind: 'header', ...asKey }, inQuery], header: asKey },
  ]
}

it('applies to every shape of query, fragment and headers as the parts say (REQ-1, REQ-2, T33 to T38)', () => {
  const tally = new Tally()
  let refused = 0
  for (const token of ['token-q', 'p%+/é"&=# ~']) {
    const queries = [null, ...listsOfTwo(pieces(token))]
    for (const { definition, writes, header } of waysToWrite(token)) {
      const resolution = resolve(definition, { q: token, h: 'token-h' })
      for (const parts of partsOver(queries, headerSets(header.name, header.value))) {
        const request = deepFreeze(requestOf(parts))
        const wanted = applied(parts, writes, encode)
        if (wanted === null) refused += 1
        const result = applyTwice(request, resolution)
        const same = wanted === null ? result === null : result !== null && isSame(result, wanted)
        tally.add(same && (result === null || holdsOnce(result, writes)), () => ({ request, wanted, result }))
      }
    }
  }
  console.info(`${tally.cases} requests, ${refused} of them refused, ${tally.differences} differences`)
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe(2 * 4 * 242 * 3 * 13)
}, 300_000)

function partsOver(
  queries: readonly (readonly Piece[] | null)[],
  sets: readonly Readonly<Record<string, unknown>>[],
): readonly Parts[] {
  return queries.flatMap((query) =>
    FRAGMENTS.flatMap((fragment) => sets.map((headers) => ({ base: BASE, query, fragment, headers }))),
  )
}

/** The applied request, or `null` where it is refused for what it holds; applying again changes nothing (P25). */
function applyTwice(request: HttpRequest, resolution: Resolution): HttpRequest | null {
  try {
    const once = apply(request, resolution)
    return isSame(apply(once, resolution), once) ? once : { ...once, url: 'applied twice, it differs' }
  } catch (error) {
    if (error instanceof SecurityError && ['ERR_CARRIER_OCCUPIED', 'ERR_REQUEST_INVALID'].includes(error.code)) {
      return null
    }
    throw error
  }
}

/** Whether the platform's own readers find each credential exactly once. */
function holdsOnce(request: HttpRequest, writes: readonly Write[]): boolean {
  const url = new URL(request.url)
  const headers = new Headers(request.headers)
  return writes.every(({ kind, name, value }) => {
    const found = kind === 'query' ? url.searchParams.getAll(name) : [headers.get(name)]
    return found.length === 1 && found[0] === value
  })
}

function isSame(one: HttpRequest, other: HttpRequest): boolean {
  const names = Object.keys(one.headers)
  return (
    one.url === other.url &&
    one.method === other.method &&
    names.length === Object.keys(other.headers).length &&
    names.every((name) => one.headers[name] === other.headers[name])
  )
}

function listsOfTwo(items: readonly Piece[]): readonly (readonly Piece[])[] {
  return [[], ...items.map((item) => [item]), ...items.flatMap((first) => items.map((second) => [first, second]))]
}

function encodeAll(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function encode(text: string): string {
  const isPlain = (c: string): boolean => /[A-Za-z0-9._~-]/.test(c)
  return [...text].map((c) => (isPlain(c) ? c : encodeAll(c).toUpperCase())).join('')
}
