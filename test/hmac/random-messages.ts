import fc from 'fast-check'
import type { HmacForm, SignableRequest, SignOptions } from '../../src/hmac/index.ts'
import { NOW, SECRET } from './messages.ts'

/** What of a message a form signs. */
export type SignedPart = 'body' | 'timestamp' | 'id' | 'keyId' | 'method' | 'url' | 'header'

/** A form with a message that it signs; `covers` says what the signature depends on. */
export interface SignedCase {
  readonly form: HmacForm
  readonly secret: string
  readonly request: SignableRequest & { readonly headers: Record<string, string>; readonly body: Uint8Array }
  readonly options: SignOptions & { readonly id: string; readonly keyId: string }
  readonly covers: readonly SignedPart[]
}

const PIECES: Record<SignedPart, readonly string[]> = {
  body: ['{body}', '{body:sha256}', '{body:sha256:base64}'],
  timestamp: ['{timestamp}'],
  id: ['{id}'],
  keyId: ['{keyId}'],
  method: ['{method}'],
  url: ['{url}', '{target}', '{origin}{path}?{query}'],
  header: ['{header:X-Extra}'],
}
const PARTS = Object.keys(PIECES) as SignedPart[]

const word = fc.stringMatching(/^[A-Za-z0-9_]{1,16}$/)
const url = fc
  .tuple(word, word, word)
  .map(([path, name, value]) => `https://hooks.example.com/${path}?${name}=${value}`)

/** Whether a value does not show where it ends, so that nothing may touch it. */
function isOpen(part: SignedPart): boolean {
  return part === 'id' || part === 'keyId' || part === 'header'
}

const layout = fc.constantFrom('apart', 'together', 'listed', 'query')

/** Random forms of every layout, each with a message and its secret. */
export const signedCase: fc.Arbitrary<SignedCase> = fc
  .record({
    algorithm: fc.constantFrom('sha1', 'sha256', 'sha384', 'sha512'),
    encoding: fc.constantFrom('hex', 'base64', 'base64url'),
    key: fc.constantFrom('utf8', 'hex', 'base64', 'base64url'),
    keyPrefix: fc.constantFrom('', 'whsec_'),
    timestamp: fc.constantFrom('s', 'ms', 'iso'),
    covers: fc.shuffledSubarray(PARTS, { minLength: 1 }),
    choice: fc.nat(),
    glue: fc.constantFrom('.', ':', '\n', '|', '{{}}[[]]', ''),
    layout,
    label: fc.constantFrom('', 'v1=', 'sha=', 'HMAC '),
    request: fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT'), url, body: fc.uint8Array({ maxLength: 60 }) }),
    extra: word,
    id: word,
    keyId: word,
    fraction: fc.nat(999),
  })
  .map((drawn) => {
    const { algorithm, encoding, key, keyPrefix, timestamp, covers, choice, glue, label, extra, id, keyId } = drawn
    const named = covers.filter((part) => part === 'timestamp' || part === 'id' || part === 'keyId')
    const payload = covers
      .map((part) => PIECES[part][choice % PIECES[part].length])
      .join(covers.some(isOpen) && glue === '' ? '|' : glue)
    const form: HmacForm = {
      ...({ algorithm, encoding, key, timestamp } as HmacForm),
      ...(keyPrefix === '' ? {} : { keyPrefix }),
      payload,
      ...carriersOf(drawn.layout, named, label),
    }
    const secret = keyPrefix + Buffer.from(SECRET).toString(key as BufferEncoding)
    const request = { ...drawn.request, headers: { 'X-Extra': extra } }
    return { form, secret, request, options: { now: NOW + drawn.fraction, id, keyId }, covers } as SignedCase
  })

function carriersOf(
  kind: 'apart' | 'together' | 'listed' | 'query',
  named: readonly string[],
  label: string,
): Pick<HmacForm, 'headers' | 'query' | 'separator'> {
  const own = Object.fromEntries(named.map((name) => [`x-${name}`, `{${name}}`]))
  // `;` is in no signature, id or timestamp.
  const head = named.map((name) => `${name}={${name}};`).join('')
  if (kind === 'apart') return { headers: { ...own, 'X-Signature': `${label}{signature}` } }
  if (kind === 'together') return { headers: { 'X-Signature': `${head}${label}{signature}` } }
  if (kind === 'listed') return { headers: { 'X-Signature': `${head}[v1={signature}]` }, separator: ';' }
  return { headers: {}, query: { ...own, sig: `${label}{signature}` } }
}
