import { inspect } from 'node:util'

/** The forms in which a secret has slipped past masks elsewhere: eight encodings, some in several spellings, and two at once. */
export function encodingsOf(secret: string): readonly string[] {
  const utf8 = Buffer.from(secret, 'utf8')
  const utf16 = Buffer.from(secret, 'utf16le')
  const escaped = [
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ]
  const cores = [secret, ...escaped].flatMap((text) => base64Cores(Buffer.from(text, 'utf8')))
  const forms = [
    secret,
    ...escaped,
    ...cores,
    ...cores.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    utf8.toString('hex'),
    utf8.toString('hex').toUpperCase(),
    utf16.toString('hex'),
    Buffer.from(utf16).swap16().toString('hex'),
    [...secret].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ]
  return [...new Set(forms)]
}

/** The characters of a base64 text that depend on the secret alone, at each of the three offsets. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    const from = Math.ceil((offset * 8) / 6)
    return whole.toString('base64').slice(from, Math.floor((whole.length * 8) / 6))
  })
}

/** Every text that a value can turn into by accident. */
export function printedForms(value: unknown): string {
  const forms: string[] = []
  const seen = new Set<unknown>()
  for (let one: unknown = value; one !== undefined && !seen.has(one); one = causeOf(one)) {
    seen.add(one)
    forms.push(
      inspect(one, { showHidden: true, getters: true, depth: 50, maxArrayLength: null, maxStringLength: null }),
    )
    forms.push(JSON.stringify(one) ?? '')
    if (one instanceof Error) forms.push(one.name, one.message, one.stack ?? '', String(one))
    if (typeof one === 'object' && one !== null) forms.push(JSON.stringify(Object.getOwnPropertyDescriptors(one)))
  }
  return forms.join('\n')
}

function causeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { cause?: unknown }).cause : undefined
}

/** The encodings of a secret that occur in what a value prints. */
export function leaksOf(value: unknown, secret: string): readonly string[] {
  const printed = typeof value === 'string' ? value : printedForms(value)
  return encodingsOf(secret).filter((form) => printed.includes(form))
}

/** Runs and returns what was thrown; fails the test when nothing was. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('expected an exception')
}
