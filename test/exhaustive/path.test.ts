import { expect, it } from 'vitest'
import { apply, type Resolution, resolve, SecurityError } from '../../src/index.ts'
import { listsOver } from './alphabet.ts'
import { Tally } from './compare.ts'

const ORIGIN = 'https://api.example.com'
const PIECES = ['/', 'a', '.', '%2e', '%252E', '%2f', '%5C', '%25252f', ';', '%3B', '%25', '?', '#']

/** Whether a path has a `.` or `..` segment once everything that a server may decode is decoded (DEC-04). */
function hasDots(path: string): boolean {
  let decoded = path
  while (decoded.includes('%25')) decoded = decoded.replaceAll('%25', '%')
  decoded = decoded
    .replace(/%2e/gi, '.')
    .replace(/%2f|%5c/gi, '/')
    .replace(/%3b/gi, ';')
  return decoded.split('/').some((segment) => ['.', '..'].includes(segment.split(';')[0] ?? ''))
}

/** The codes with which a path may be refused; none where the credential goes along. */
function refusals(path: string, isWithin: (path: string) => boolean): readonly string[] {
  return [...(hasDots(path) ? ['ERR_PATH_DOTS'] : []), ...(isWithin(path) ? [] : ['ERR_PATH_MISMATCH'])]
}

function codeOf(url: string, resolution: Resolution): string | null {
  try {
    apply({ method: 'GET', url, headers: {} }, resolution)
    return null
  } catch (error) {
    if (error instanceof SecurityError) return error.code
    throw error
  }
}

const TOOLS = [
  { pattern: '/v1', isWithin: (path: string) => path === '/v1' || path.startsWith('/v1/') },
  { pattern: '/v1/', isWithin: (path: string) => path.startsWith('/v1/') },
  { pattern: '/v1/{p}', isWithin: (path: string) => path.startsWith('/v1/') },
  { pattern: '/v1{p}', isWithin: (path: string) => path.startsWith('/v1') },
]

it.each(TOOLS)('keeps every path within $pattern, or refuses it (REQ-3, T45)', ({ pattern, isWithin }) => {
  const resolution = resolve(
    {
      http: { baseUrlPattern: `${ORIGIN}${pattern}`, httpMethod: 'GET' },
      requirements: { httpSecurityOptions: { options: [{ requirements: { k: { httpAuth: { scheme: 'Bearer' } } } }] } },
    },
    { k: 'token-k' },
  )
  const tally = new Tally()
  for (const pieces of listsOver(PIECES, 4)) {
    const rest = pieces.join('')
    const path = `/v1${rest.split(/[?#]/, 1)[0]}`
    const expected = refusals(path, isWithin)
    const code = codeOf(`${ORIGIN}/v1${rest}`, resolution)
    tally.add(code === null ? expected.length === 0 : expected.includes(code), () => ({ path, code, expected }))
  }
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe(1 + 13 + 13 ** 2 + 13 ** 3 + 13 ** 4)
})
