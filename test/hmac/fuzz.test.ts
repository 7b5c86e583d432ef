import { describe, expect, it } from 'vitest'
import { type PresetName, signaturePresets, signRequest, verifySignature } from '../../src/hmac/index.ts'
import { NOW, SECRET } from './messages.ts'

const FULL = 1_000_000
const QUICK = 20_000
const COUNT = Number(process.env['LATCHKEY_FUZZ'] ?? (process.env['CI'] ? FULL : QUICK))
const BATCH = 50

interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** Small and fast, and its state is one number that repeats a run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Random = ReturnType<typeof randomOf>

const TEXTS = [
  ',',
  ';',
  '=',
  '.',
  ' ',
  '\n',
  '\0',
  '0',
  '00',
  'v1=',
  'v0=',
  't=',
  'ts=',
  'sha256=',
  'sha1=',
  '&',
  '?',
  '#',
  '%',
  '%00',
  '+',
  '/',
  '==',
  'é',
  '🔑',
  '1700000000',
  '{}',
  '\ud800',
]

/** The text with something dropped, doubled, exchanged, put in or cut off. */
function alterText(text: string, random: Random): string {
  const at = random(text.length + 1)
  const length = 1 + random(4)
  const [before, middle, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)]
  const piece = TEXTS[random(TEXTS.length)] ?? ''
  switch (random(8)) {
    case 0:
      return before + after
    case 1:
      return before + middle + middle + after
    case 2:
      return before + piece + middle + after
    case 3:
      return before + piece + after
    case 4:
      return before + String.fromCharCode((middle.charCodeAt(0) || 0) ^ (1 << random(7))) + middle.slice(1) + after
    case 5:
      return before + [...middle].reverse().join('') + after
    case 6:
      return before
    default:
      return after + middle + before
  }
}

function alterBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length)
  switch (random(4)) {
    case 0:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << random(8)) : byte))
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)])
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), random(256), ...bytes.subarray(at)])
    default:
      return bytes.subarray(0, at)
  }
}

function alter(message: Message, random: Random): Message {
  const names = Object.keys(message.headers)
  const name = names[random(names.length)] ?? ''
  const value = message.headers[name] ?? ''
  switch (random(10)) {
    case 0:
      return { ...message, method: alterText(message.method, random) }
    case 1:
      return { ...message, url: alterText(message.url, random) }
    case 2:
    case 3:
    case 4:
      return { ...message, body: alterBytes(message.body, random) }
    case 5: {
      const { [name]: _, ...headers } = message.headers
      return { ...message, headers }
    }
    default:
      return { ...message, headers: { ...message.headers, [name]: alterText(value, random) } }
  }
}

/** The form of a body by another reader: names sorted, values of one name distinct and sorted. */
function formOf(body: Uint8Array): string {
  const pairs = new URLSearchParams(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body))
  const names = [...new Set(pairs.keys())].sort()
  return names
    .map((name) =>
      [...new Set(pairs.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('')
}

/** A form that covers the host covers neither the scheme nor the case of the host. */
function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\/([^/?#]*)/i, (_, host: string) => host.toLowerCase())
}

/** Whether what was changed is nothing that the form signs, so that the message may be accepted. */
function isUntouched(preset: PresetName, one: Message, other: Message): boolean {
  const { form } = signaturePresets[preset]
  const { payload = '{body}', separator } = form
  const isSame = (name: string, a: string, b: string) => !payload.includes(name) || a === b
  const bare = (url: string) => (payload.includes('{host}') ? withoutScheme(url) : url).replace(/#.*/s, '')
  const body = payload.includes('{form}')
    ? formOf(one.body) === formOf(other.body)
    : Buffer.compare(one.body, other.body) === 0
  const headers = Object.entries(one.headers).every(([name, value]) => {
    const found = other.headers[name] ?? ''
    if (found === value) return true
    // Items of another scheme may stand beside ours.
    if (separator === undefined || !(form.headers[name] ?? '').includes('{signature}')) return false
    const items = found.split(separator)
    return value.split(separator).every((item) => items.filter((each) => each === item).length >= 1)
  })
  const url = ['{url}', '{path}', '{target}'].every((part) => isSame(part, bare(one.url), bare(other.url)))
  const isInUrl = form.query === undefined || bare(one.url) === bare(other.url)
  return body && headers && url && isInUrl && isSame('{method}', one.method, other.method)
}

async function signedMessage(preset: PresetName): Promise<{ message: Message; secrets: readonly string[] }> {
  const { form } = signaturePresets[preset]
  const secrets = [form.key === 'base64' ? Buffer.from(SECRET).toString('base64') : SECRET]
  const text =
    preset === 'twilio' ? 'To=%2B15550100&From=%2B15550199&Body=a+b' : '{"call": {"id": "c-17", "rate": 1.0}}'
  const body = new TextEncoder().encode(text)
  const request = { method: 'POST', url: 'https://hooks.example.com/in?part=1', headers: {}, body }
  const { headers, url } = await signRequest(form, secrets, request, { now: NOW, id: 'msg_1', keyId: 'key-1' })
  return { message: { ...request, url, headers: { ...headers } }, secrets }
}

const PRESETS = Object.keys(signaturePresets) as PresetName[]

describe(`${COUNT} altered messages`, () => {
  it.each(PRESETS)(
    'of %s: none is accepted, and nothing is thrown',
    async (preset) => {
      const { form } = signaturePresets[preset]
      const { message, secrets } = await signedMessage(preset)
      const seed = PRESETS.indexOf(preset) + Number(process.env['LATCHKEY_SEED'] ?? Date.now())
      const random = randomOf(seed)
      expect((await verifySignature(form, secrets, message, { now: NOW })).ok).toBe(true)
      let refused = 0
      for (let done = 0; done < COUNT / PRESETS.length; done += BATCH) {
        const batch = Array.from({ length: BATCH }, () => {
          const once = alter(message, random)
          return random(4) === 0 ? alter(once, random) : once
        })
        const verdicts = await Promise.all(
          batch.map((altered) => verifySignature(form, secrets, altered, { now: NOW, toleranceMs: 1e12 })),
        )
        for (const [index, { ok }] of verdicts.entries()) {
          const altered = batch[index]
          if (!ok) refused += 1
          else if (altered !== undefined && !isUntouched(preset, message, altered)) {
            throw new Error(
              `seed ${seed}: ${JSON.stringify({ ...altered, body: Buffer.from(altered.body).toString() })}`,
            )
          }
        }
      }
      expect(refused).toBeGreaterThan(COUNT / PRESETS.length / 2)
    },
    600_000,
  )

  it('of no shape at all: nothing but an answer or an error of ours', async () => {
    const random = randomOf(Date.now())
    const odd = [
      undefined,
      null,
      0,
      '',
      'x',
      [],
      {},
      [[]],
      ['a'],
      { a: 1 },
      new Uint8Array(2),
      Number.NaN,
      () => 1,
      5n,
      Symbol('x'),
    ]
    const pick = () => odd[random(odd.length)]
    for (let done = 0; done < 5000; done += 1) {
      const { form } = signaturePresets[PRESETS[random(PRESETS.length)] ?? 'tavus']
      const request = {
        method: pick(),
        url: pick(),
        headers: random(2) ? pick() : { [Object.keys(form.headers)[0] ?? '']: pick() },
        body: pick(),
      }
      const given =
        random(4) === 0
          ? {
              ...form,
              [['algorithm', 'encoding', 'payload', 'headers', 'query', 'separator', 'key', 'keyPrefix', 'timestamp'][
                random(9)
              ] ?? '']: pick(),
            }
          : form
      const secrets = random(4) === 0 ? pick() : [random(4) === 0 ? pick() : SECRET]
      try {
        expect((await verifySignature(given as never, secrets as never, request as never)).ok).toBe(false)
      } catch (error) {
        expect(error).toMatchObject({ name: 'SecurityError' })
      }
    }
  })
})
