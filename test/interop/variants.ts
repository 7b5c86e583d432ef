import type { HmacForm } from '../../src/hmac/index.ts'
import { type Message, NOW, otherThan, signMessage } from './message.ts'

/** A good message with what is needed to break it. */
export interface Subject {
  readonly form: HmacForm
  readonly secret: string
  /** Before it was signed. */
  readonly unsigned: Message
  readonly signed: Message
}

export type Variant =
  | 'another secret'
  | 'body changed'
  | 'body written again'
  | 'timestamp shifted'
  | 'unit of time wrong'
  | 'prefix kept or dropped'
  | 'encoding wrong'
  | 'URL changed'
  | 'method changed'
  | 'header missing'
  | 'two headers'
  | 'truncated'

type Breaker = (subject: Subject) => Promise<readonly Message[]> | readonly Message[]

/** Twelve ways to break a message; none of them applies where a form does not sign what would be broken. */
export const VARIANTS: Record<Variant, Breaker> = {
  'another secret': async ({ form, secret, unsigned }) => [await signMessage(form, [otherThan(secret)], unsigned)],
  'body changed': ({ signed }) => [
    { ...signed, body: signed.body.replace('17', '18') },
    { ...signed, body: `${signed.body} ` },
    { ...signed, body: '' },
  ],
  'body written again': ({ form, signed }) =>
    form.payload?.includes('{form}') ? [] : [{ ...signed, body: JSON.stringify(JSON.parse(signed.body)) }],
  'timestamp shifted': ({ form, signed }) => {
    if (!isTimed(form)) return []
    const seconds = String(NOW / 1000)
    return [
      changeHeaders(signed, form, (value) => value.replace('2023-11-14T22:13:20', '2023-11-14T22:13:21')),
      changeHeaders(signed, form, (value) => value.replace(seconds, String(NOW / 1000 + 1))),
    ].filter((each) => JSON.stringify(each) !== JSON.stringify(signed))
  },
  'unit of time wrong': async ({ form, secret, unsigned }) =>
    isTimed(form)
      ? [await signMessage({ ...form, timestamp: form.timestamp === 'ms' ? 's' : 'ms' }, [secret], unsigned)]
      : [],
  'prefix kept or dropped': async ({ form, secret, unsigned, signed }) => {
    const { keyPrefix, ...bare } = form
    if (keyPrefix !== undefined) return [await signMessage({ ...bare, key: 'utf8' }, [secret], unsigned)]
    if (secret.startsWith('whsec_')) return [await signMessage({ ...form, keyPrefix: 'whsec_' }, [secret], unsigned)]
    const [name, template] = signatureHeader(form)
    const prefix = template.split(/[[{]/)[0] ?? ''
    const change = (value: string) => (prefix === '' ? `sha256=${value}` : value.slice(prefix.length))
    return [{ ...signed, headers: { ...signed.headers, [name]: change(String(signed.headers[name])) } }]
  },
  'encoding wrong': async ({ form, secret, unsigned }) => [
    await signMessage({ ...form, encoding: form.encoding === 'base64' ? 'hex' : 'base64' }, [secret], unsigned),
  ],
  'URL changed': ({ form, signed }) =>
    /\{(?:url|target|path|query|host)\}/.test(form.payload ?? '')
      ? [
          { ...signed, url: signed.url.replace('part=1', 'part=2') },
          { ...signed, url: signed.url.replace('/in', '/out') },
          { ...signed, url: signed.url.replace('hooks.', 'hook.') },
        ]
      : [],
  'method changed': ({ form, signed }) => (form.payload?.includes('{method}') ? [{ ...signed, method: 'PUT' }] : []),
  'header missing': ({ form, signed }) =>
    Object.keys(form.headers).map((name) => {
      const { [name]: _, ...headers } = signed.headers
      return { ...signed, headers }
    }),
  'two headers': async ({ form, secret, unsigned, signed }) => {
    const [name] = signatureHeader(form)
    const other = await signMessage(form, [otherThan(secret)], unsigned)
    const [good, bad] = [String(signed.headers[name]), String(other.headers[name])]
    return [
      { ...signed, headers: { ...signed.headers, [name]: [good, bad] } },
      { ...signed, headers: { ...signed.headers, [name]: [bad, good] } },
    ]
  },
  truncated: ({ form, signed }) => {
    const [name] = signatureHeader(form)
    return [{ ...signed, headers: { ...signed.headers, [name]: String(signed.headers[name]).slice(0, -4) } }]
  },
}

function isTimed({ payload = '{body}' }: HmacForm): boolean {
  return payload.includes('{timestamp}')
}

function signatureHeader({ headers }: HmacForm): readonly [string, string] {
  const found = Object.entries(headers).find(([, template]) => template.includes('{signature}'))
  if (found === undefined) throw new Error('the signature of these forms is in a header')
  return found
}

function changeHeaders(message: Message, { headers }: HmacForm, change: (value: string) => string): Message {
  const changed = Object.keys(headers).map((name) => [name, change(String(message.headers[name]))])
  return { ...message, headers: { ...message.headers, ...Object.fromEntries(changed) } }
}
